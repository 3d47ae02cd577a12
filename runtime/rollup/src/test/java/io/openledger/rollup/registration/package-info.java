@NullMarked
package io.openledger.rollup.registration;

import org.jspecify.annotations.NullMarked;
