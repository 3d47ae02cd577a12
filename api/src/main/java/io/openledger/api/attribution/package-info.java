/** Evidence of what shaped an answer, and the thresholds under which it counts. */
@NullMarked
package io.openledger.api.attribution;

import org.jspecify.annotations.NullMarked;
