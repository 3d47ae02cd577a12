/** The command line as its users run it. */
package io.openledger.serving.cli;
