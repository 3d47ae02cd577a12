package io.openledger.wildfly.it.app;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Everything below the context root. */
@ApplicationPath("/")
public class RestApplication extends Application {}
