/**
 * The main job from outside: starts a provisioned server as an administrator would, does what a
 * user of the sample does, and prints what it took.
 *
 * <p>It knows the server by its files, its ports and its HTTP answers alone, and depends on no
 * other module. {@code check} proves the job on a given JDK and fails loudly; {@code measure}
 * prints the figures of the README. Its tests run with {@code mvn -pl samples/main-job test}.
 */
@NullMarked
package io.openledger.samples.mainjob;

import org.jspecify.annotations.NullMarked;
