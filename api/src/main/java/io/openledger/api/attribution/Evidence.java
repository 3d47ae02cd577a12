package io.openledger.api.attribution;

/**
 * Why a contribution is said to have shaped an answer. The kinds are kept apart and never blended
 * silently: a verbatim match is not causal influence.
 */
public sealed interface Evidence permits SpanMatch, InfluenceEstimate, RetrievedPassage {}
