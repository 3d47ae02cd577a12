/** Models whose answers say which contributions shaped them. */
@NullMarked
package io.openledger.api.model;

import org.jspecify.annotations.NullMarked;
