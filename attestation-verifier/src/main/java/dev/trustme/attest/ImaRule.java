// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.ImaField;
import dev.trustme.ima.ImaReplay;
import dev.trustme.ima.ImaTemplate;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Which files may be run and read, as far as the kernel's IMA measured them. What is left out
 * allows nothing, except for the hash (SHA-256) and the templates (those with paths and named
 * digests).
 *
 * @param files what every file must have
 * @param ahead how many entries the log may go on behind the quote, as both are not read in one
 *     moment
 * @param hash the weakest hash of a file that counts, by its size
 * @param templates the forms of entries that count
 * @param keyrings onto which keys of {@code trust.files} may be loaded
 * @param buffers names of other measured data, whose content is not looked at
 * @param exclude paths of files of which nothing is asked
 */
public record ImaRule(
    Files files,
    long ahead,
    Optional<HashAlgorithm> hash,
    Optional<List<String>> templates,
    Optional<List<String>> keyrings,
    Optional<List<String>> buffers,
    Optional<List<PathPattern>> exclude) {
  static final int PCR = ImaReplay.DEFAULT_PCR;

  /** What the boot aggregate is the hash of. */
  static final List<Integer> AGGREGATED = IntStream.range(0, PCR).boxed().toList();

  private static final String BUFFER = "ima-buf";
  private static final long MAX_AHEAD = 1_000_000;
  private static final List<String> TEMPLATES =
      List.of("ima-ng", "ima-sig", "ima-ngv2", "ima-sigv2", "ima-modsig", "evm-sig");

  /** What a file must have: a trusted signature, its digest in the release, either, or both. */
  public enum Files {
    SIGNED,
    RELEASED,
    SIGNED_OR_RELEASED,
    SIGNED_AND_RELEASED;

    @JsonValue
    public String label() {
      return Policy.label(this);
    }

    @JsonCreator
    static Files byLabel(String label) {
      return Policy.byLabel(values(), label, "require.ima.files");
    }

    boolean needsSignature() {
      return this == SIGNED || this == SIGNED_AND_RELEASED;
    }

    boolean needsRelease() {
      return this == RELEASED || this == SIGNED_AND_RELEASED;
    }
  }

  public ImaRule {
    Policy.require(
        ahead >= 0 && ahead <= MAX_AHEAD,
        "require.ima.ahead: expected 0 to %d entries".formatted(MAX_AHEAD));
    hash.ifPresent(h ->
        Policy.require(
            h.size() >= HashAlgorithm.SHA256.size(),
            "require.ima.hash: %s is too weak".formatted(h.label())));
    templates = templates.map(names -> copy("templates", names));
    keyrings = keyrings.map(names -> copy("keyrings", names));
    buffers = buffers.map(names -> copy("buffers", names));
    exclude = exclude.map(List::copyOf);
    templates.ifPresent(names ->
        names.forEach(name ->
            Policy.require(
                namesFiles(name),
                "require.ima.templates: expected templates with d-ng or d-ngv2, and n-ng")));
    Policy.require(
        exclude.filter(List::isEmpty).isEmpty(), "require.ima.exclude: expected a pattern");
    boolean twice =
        keyrings.isPresent()
            && buffers.isPresent()
            && keyrings.get().stream().anyMatch(buffers.get()::contains);
    Policy.require(!twice, "require.ima.buffers: a keyring is among them");
  }

  private static List<String> copy(String key, List<String> names) {
    String field = "require.ima." + key;
    Policy.require(!names.isEmpty(), field + ": expected at least one name");
    Policy.require(
        names.stream().distinct().count() == names.size(), field + ": a name appears twice");
    Policy.require(
        names.stream().allMatch(n -> n.matches("[!-~]{1,255}")),
        field + ": expected names of printable ASCII");
    return List.copyOf(names);
  }

  private static boolean namesFiles(String template) {
    return ImaTemplate.byName(template)
        .map(ImaTemplate::fields)
        .filter(fields -> fields.contains(ImaField.D_NG) || fields.contains(ImaField.D_NGV2))
        .filter(fields -> fields.contains(ImaField.N_NG))
        .isPresent();
  }

  boolean needsSigners() {
    return files != Files.RELEASED || keyrings.isPresent();
  }

  /** Measured data is judged by its name, so its form always counts. */
  boolean takesTemplate(String name) {
    return name.equals(BUFFER) || templates.orElse(TEMPLATES).contains(name);
  }

  List<String> templateNames() {
    return templates.orElse(TEMPLATES);
  }

  HashAlgorithm weakestHash() {
    return hash.orElse(HashAlgorithm.SHA256);
  }

  boolean takesKeysOn(Bytes keyring) {
    return named(keyrings, keyring);
  }

  boolean takesBuffer(Bytes name) {
    return named(buffers, name);
  }

  private static boolean named(Optional<List<String>> names, Bytes name) {
    return names.orElse(List.of()).stream().anyMatch(n -> Bytes.utf8(n).equals(name));
  }

  boolean excludes(Bytes name) {
    return exclude.orElse(List.of()).stream().anyMatch(pattern -> pattern.matches(name));
  }
}
