/**
 * The feature as an Open Liberty user feature: starts the runtime when the server's data source is
 * there, and tells Liberty's CDI about the portable extension.
 *
 * <p>It holds no logic of its own; what WildFly's subsystem does with services, this does with
 * Declarative Services. It may use Liberty's API and SPI packages, and nothing internal to Liberty.
 */
@NullMarked
package io.openledger.liberty;

import org.jspecify.annotations.NullMarked;
