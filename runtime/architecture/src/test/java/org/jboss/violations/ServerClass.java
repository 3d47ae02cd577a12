package org.jboss.violations;

/** Stands for a class of one server, none of which is on the class path here. */
public class ServerClass {}
