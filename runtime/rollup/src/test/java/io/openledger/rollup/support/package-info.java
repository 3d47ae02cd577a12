@NullMarked
package io.openledger.rollup.support;

import org.jspecify.annotations.NullMarked;
