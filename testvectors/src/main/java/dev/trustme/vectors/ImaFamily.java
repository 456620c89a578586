// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Inputs;
import dev.trustme.ima.BootAggregate;
import dev.trustme.ima.ImaDigest;
import dev.trustme.ima.ImaEntry;
import dev.trustme.ima.ImaFinding;
import dev.trustme.ima.ImaFormat;
import dev.trustme.ima.ImaInspection;
import dev.trustme.ima.ImaMatch;
import dev.trustme.ima.ImaReader;
import dev.trustme.ima.ImaReplay;
import dev.trustme.ima.ImaStart;
import dev.trustme.ima.ImaState;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's log of measured files. File log; context format (binary or ascii), order (little or
 * big), template-hash, rule (per-bank or sha1-padded), and pcr-value: what PCR 10 held when it was
 * quoted. Where they are given: pcrs ({@code sha256:0=HEX} and more) that the boot aggregate is the
 * hash of; ahead, how many entries may follow the quote (0); violations (tolerated or refused);
 * file and file-digest, which the log must hold; file state and reset-count, for a log that goes on
 * where an earlier replay ended.
 */
final class ImaFamily {
  private static final int PCR = 10;

  private final VectorInput input;
  private final ImaFormat format;
  private final List<ImaEntry> entries = new ArrayList<>();
  private final ImaInspection inspection = new ImaInspection();
  private final List<Check> checks = new ArrayList<>();

  private ImaFamily(VectorInput input) throws FormatException {
    this.input = input;
    var encoding =
        input.context("format").equals("ascii")
            ? ImaFormat.Encoding.ASCII
            : ImaFormat.Encoding.BINARY;
    var order =
        input.context("order").equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    var hash = HashAlgorithm.byLabel(input.context("template-hash")).orElseThrow();
    format = new ImaFormat(encoding, order, hash);
  }

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    return new ImaFamily(input).judge();
  }

  private Outcome judge() throws IOException, FormatException {
    Bytes log = Inputs.read(input.path("log"));
    try (var reader = reader(log)) {
      while (reader.next()) {
        entries.add(reader.entry());
        inspection.add(reader.entry());
      }
    }
    check("ima-pcr", entries.stream().allMatch(e -> e.pcr() == PCR));
    finding("ima-template-hash", ImaFinding.Kind.TEMPLATE_HASH);
    if (!input.has("state")) {
      finding("ima-boot-aggregate-first", ImaFinding.Kind.BOOT_AGGREGATE_NOT_FIRST);
      finding("ima-boot-aggregate-once", ImaFinding.Kind.BOOT_AGGREGATE_AGAIN);
    }
    bootAggregate();
    if (!"tolerated".equals(optional("violations"))) {
      finding("ima-violations", ImaFinding.Kind.VIOLATION);
    }
    finding("ima-signature-form", ImaFinding.Kind.SIGNATURE_FORM);
    finding("ima-signature-hash", ImaFinding.Kind.SIGNATURE_HASH);
    finding("ima-field-form", ImaFinding.Kind.FIELD_FORM);
    finding("ima-name-dots", ImaFinding.Kind.NAME_DOTS);
    finding("ima-name-control", ImaFinding.Kind.NAME_CONTROL);
    fileDigest();
    replay(log);
    return Outcome.of(Verdict.of(checks, () -> entries));
  }

  private ImaReader reader(Bytes log) {
    return ImaReader.of(new ByteArrayInputStream(log.toArray()), format);
  }

  private @Nullable String optional(String key) {
    return input.vector().context().get(key);
  }

  private void check(String id, boolean holds) {
    checks.add(holds ? Check.pass(id, "") : Check.fail(id, "", ""));
  }

  private void finding(String id, ImaFinding.Kind kind) {
    check(id, inspection.count(kind) == 0);
  }

  private void bootAggregate() {
    String pcrs = optional("pcrs");
    if (pcrs == null) {
      return;
    }
    Map<Integer, Digest> values = new HashMap<>();
    for (String entry : pcrs.split(" ", -1)) {
      String[] parts = entry.split("[:=]", -1);
      var bank = HashAlgorithm.byLabel(parts[0]).orElseThrow();
      values.put(Integer.valueOf(parts[1]), new Digest(bank, Bytes.fromHex(parts[2])));
    }
    Optional<Digest> aggregate = entries.getFirst().digest().flatMap(ImaDigest::digest);
    check("ima-boot-aggregate", aggregate.flatMap(a -> BootAggregate.find(a, values)).isPresent());
  }

  private void fileDigest() throws FormatException {
    String file = optional("file");
    if (file == null) {
      return;
    }
    Digest digest = Digest.parse(input.context("file-digest"));
    check(
        "ima-file-digest",
        entries.stream()
            .filter(e -> e.name().equals(Bytes.utf8(file)))
            .flatMap(e -> e.digest().stream())
            .anyMatch(
                d -> d instanceof ImaDigest.FileHash && d.digest().equals(Optional.of(digest))));
  }

  private void replay(Bytes log) throws IOException, FormatException {
    Digest quoted = Digest.parse(input.context("pcr-value"));
    ImaStart start = ImaStart.of(quoted.algorithm());
    if (input.context("rule").equals("sha1-padded")) {
      start = start.withRule(ImaReplay.Rule.SHA1_PADDED);
    }
    if (input.has("state")) {
      var state = ImaState.parse(input.file("state"));
      Digest aggregate = Digest.parse(input.context("boot-aggregate"));
      long resets = Long.parseLong(input.context("reset-count"));
      check("ima-state", state.refusal(aggregate, resets).isEmpty());
      start = state.start();
    }
    try (var reader = reader(log)) {
      ImaMatch match = ImaReplay.run(start.lookingFor(quoted), reader).match();
      check("ima-replay", !(match instanceof ImaMatch.None));
      String ahead = optional("ahead");
      long allowed = ahead == null ? 0 : Long.parseLong(ahead);
      check("ima-log-ahead", !(match instanceof ImaMatch.LogAhead more) || more.ahead() <= allowed);
    }
  }
}
