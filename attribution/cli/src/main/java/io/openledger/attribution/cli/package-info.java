/**
 * The attribution engine on the command line, without a server.
 *
 * <p>{@link io.openledger.attribution.cli.Main} is the way in; every command is a class of its own.
 * {@link io.openledger.attribution.cli.Workspace} is the directory that they work on:
 *
 * <ul>
 *   <li>{@code tokenizer.json}: the tokenizer, copied when the workspace is built;
 *   <li>{@code documents.jsonl}: a line a document, {@code {"sequence", "name", "sha256",
 *       "characters"}}, in order of sequence. A line is on disk before its document is in the
 *       index, so a line without a document is one that was retracted or never finished;
 *   <li>{@code form}: {@code FAST} or {@code COMPACT}, the form that the index gets; FAST when it
 *       is missing;
 *   <li>{@code index/}: the engine's own directory, see {@link io.openledger.attribution.index}.
 * </ul>
 *
 * <p>Depends on {@code api}, {@code attribution} and the serving module's tokenizer. Tests: {@code
 * mvn -pl attribution/cli -am test}.
 */
@NullMarked
package io.openledger.attribution.cli;

import org.jspecify.annotations.NullMarked;
