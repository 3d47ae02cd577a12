@NullMarked
package io.openledger.rollup.reader;

import org.jspecify.annotations.NullMarked;
