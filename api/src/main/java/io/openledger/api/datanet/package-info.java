/**
 * Datanets: community data with provenance. Who contributed what, under which licence, and who may
 * use it.
 */
@NullMarked
package io.openledger.api.datanet;

import org.jspecify.annotations.NullMarked;
