package io.openledger.serving.model;

/**
 * A linear map that each of some layers has.
 *
 * @param projection which one
 * @param in how many inputs
 * @param out how many outputs
 * @param biased whether a bias is added
 */
public record LinearShape(Projection projection, int in, int out, boolean biased) {}
