// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import static dev.trustme.ceremony.CeremonyScript.require;
import static dev.trustme.ceremony.CeremonyScript.requireName;
import static dev.trustme.ceremony.CeremonyScript.requirePath;
import static dev.trustme.ceremony.CeremonyScript.requireText;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.trustme.bytes.Digest;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a step does: a closed set, none of which is a shell. Paths are below the folder. */
public sealed interface Action {
  /** Something for the record. */
  record Note(String text) implements Action {
    public Note {
      requireText("text", text);
    }
  }

  /** These participants confirm that it is so. */
  record Confirm(List<String> by, String text) implements Action {
    public Confirm {
      by = people("by", by);
      requireText("text", text);
    }
  }

  /** A file has this digest. */
  record Check(String file, Digest digest) implements Action {
    public Check {
      requirePath("file", file);
    }
  }

  /**
   * The fingerprint of a certificate, or the digest of another file, is read aloud and confirmed.
   */
  record ReadAloud(String file, List<String> by) implements Action {
    public ReadAloud {
      requirePath("file", file);
      by = people("by", by);
    }
  }

  /** A new secret is made and split; each custodian's share is {@code folder/CUSTODIAN.txt}. */
  record Split(String secret, int threshold, List<String> custodians, String folder)
      implements Action {
    public Split {
      requireName("secret", secret);
      custodians = people("custodians", custodians);
      requirePath("folder", folder);
    }

    String share(String custodian) {
      return folder + "/" + custodian + ".txt";
    }
  }

  /** These shares open the secret: proves it, and goes on with what came out. */
  record Combine(String secret, List<String> shares) implements Action {
    public Combine {
      requireName("secret", secret);
      shares = paths("shares", shares);
    }
  }

  /** A participant chooses a passphrase. */
  record Ask(String secret, String by) implements Action {
    public Ask {
      requireName("secret", secret);
      requireName("by", by);
    }
  }

  /**
   * A PKI folder from a profile: a shipped one's name or a file. The secret encrypts its keys, but
   * those in {@code keys}, by the name of authority or role, are made in a token and stay there.
   */
  record Init(String pki, String profile, String secret, Optional<Map<String, String>> keys)
      implements Action {
    public Init {
      keys = keys.map(Action::ordered);
      keys.ifPresent(all -> all.forEach(Init::requireToken));
      requirePath("pki", pki);
      requirePath("profile", profile);
      requireName("secret", secret);
    }

    private static void requireToken(String name, String reference) {
      requireName("keys", name);
      require(
          reference.matches("(pkcs11|tpm2):[\\x21-\\x7e]{1,400}"),
          "keys: expected a reference like pkcs11:token=ca;object=%s".formatted(name));
    }
  }

  /**
   * A command on a PKI folder: words and files in their order, then options, whose names are
   * without their hyphens; flags are options without a value.
   */
  record Run(
      Verb command,
      String pki,
      Optional<String> secret,
      Optional<List<String>> arguments,
      Optional<List<String>> files,
      Optional<List<String>> flags,
      Optional<Map<String, String>> options,
      Optional<Map<String, String>> reads,
      Optional<Map<String, String>> writes)
      implements Action {
    private static final Set<String> OURS =
        Set.of("pki", "pass-file", "pass-fd", "shares", "at", "force", "json", "quiet", "dry-run");

    public Run {
      requirePath("pki", pki);
      secret.ifPresent(s -> requireName("secret", s));
      arguments = arguments.map(List::copyOf);
      files = files.map(all -> paths("files", all));
      flags = flags.map(List::copyOf);
      options = options.map(Action::ordered);
      reads = reads.map(Action::ordered);
      writes = writes.map(Action::ordered);
      arguments.ifPresent(all -> all.forEach(a -> requireValue("arguments", a)));
      options.ifPresent(all -> all.values().forEach(v -> requireValue("options", v)));
      reads.ifPresent(all -> all.values().forEach(f -> requirePath("reads", f)));
      writes.ifPresent(all -> all.values().forEach(f -> requirePath("writes", f)));
      var names = new HashSet<String>();
      flags.ifPresent(all -> all.forEach(name -> requireOption(names, name)));
      Stream.of(options, reads, writes)
          .flatMap(Optional::stream)
          .flatMap(all -> all.keySet().stream())
          .forEach(name -> requireOption(names, name));
    }

    private static void requireOption(Set<String> known, String name) {
      requireName("options", name);
      require(known.add(name), "options: '%s' twice".formatted(name));
      require(!OURS.contains(name), "options: '%s' is the ceremony's to give".formatted(name));
    }

    private static void requireValue(String what, String value) {
      requireText(what, value);
      require(!value.startsWith("-"), "%s: '%s' looks like an option".formatted(what, value));
    }

    /** Names of the files that it reads. */
    List<String> inputs() {
      return Stream.concat(
              files.stream().flatMap(List::stream),
              reads.stream().flatMap(all -> all.values().stream()))
          .toList();
    }

    /** Names of the files that it writes. */
    Collection<String> outputs() {
      return writes.map(Map::values).orElse(List.of());
    }
  }

  /** A PKI folder without these authorities' keys, the others encrypted by another secret. */
  record WorkingCopy(
      String pki, String secret, List<String> without, String folder, String newSecret)
      implements Action {
    public WorkingCopy {
      requirePath("pki", pki);
      requireName("secret", secret);
      without = List.copyOf(without);
      without.forEach(name -> requireName("without", name));
      require(!without.isEmpty(), "without: names at least one authority");
      requirePath("folder", folder);
      requireName("new-secret", newSecret);
    }
  }

  /** Files, or folders with all in them, are overwritten and removed. */
  record Wipe(List<String> files) implements Action {
    public Wipe {
      files = paths("files", files);
    }
  }

  /** The commands that a script may run. */
  enum Verb {
    ISSUE,
    SIGN_CSR,
    REVOKE,
    CRL,
    OCSP,
    ROLLOVER,
    EXPORT,
    CHECKPOINT;

    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @JsonCreator
    static Verb byLabel(String label) {
      return Arrays.stream(values())
          .filter(v -> v.label().equals(label))
          .findFirst()
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "no such command for a ceremony; known: "
                      + Arrays.stream(values())
                          .map(Verb::label)
                          .collect(Collectors.joining(", "))));
    }

    /** The words that name the command. */
    List<String> words() {
      return this == CHECKPOINT ? List.of("audit", "checkpoint") : List.of(label());
    }
  }

  private static List<String> people(String what, List<String> ids) {
    require(
        !ids.isEmpty() && new HashSet<>(ids).size() == ids.size(),
        "%s: names one participant or more, each once".formatted(what));
    ids.forEach(id -> requireName(what, id));
    return List.copyOf(ids);
  }

  private static List<String> paths(String what, List<String> files) {
    require(
        !files.isEmpty() && new HashSet<>(files).size() == files.size(),
        "%s: names one file or more, each once".formatted(what));
    files.forEach(file -> requirePath(what, file));
    return List.copyOf(files);
  }

  private static Map<String, String> ordered(Map<String, String> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
