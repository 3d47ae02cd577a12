/** Readers of files from outside, given damaged and hostile ones. */
package io.openledger.serving.fuzz;
