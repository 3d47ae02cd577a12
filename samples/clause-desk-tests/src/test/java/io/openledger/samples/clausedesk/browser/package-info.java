/**
 * The clause desk as a person sees it: its page in a real Chromium, against a provisioned WildFly
 * with the real model and adapter.
 *
 * <p>Nothing of the project is on the class path: the tests know the page and its addresses alone.
 * They run with {@code mvn -pl samples/clause-desk-tests -am verify}; {@code -Dscreenshot} renews
 * the picture in {@code docs}. Without Chromium they are skipped, and fail when {@code CI=true}.
 */
@NullMarked
package io.openledger.samples.clausedesk.browser;

import org.jspecify.annotations.NullMarked;
