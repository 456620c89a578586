// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.ptr.IntByReference;
import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsPcrSelection;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** PCRs: read, extended, reset. TPM 2.0 Part 3, 22. */
public final class Pcrs {
  private static final int READ_ATTEMPTS = 5;

  private final TssContext tss;

  Pcrs(TssContext tss) {
    this.tss = tss;
  }

  /** The values of these PCRs in one bank, as of one moment. */
  public SortedMap<Integer, Digest> read(HashAlgorithm bank, Collection<Integer> pcrs)
      throws IOException {
    pcrs.forEach(TssContext::requirePcr);
    for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
      var values = readOnce(bank, new TreeSet<>(pcrs));
      if (values.isPresent()) {
        return values.get();
      }
    }
    throw new IOException("the PCRs change faster than they can be read");
  }

  /** Empty if a PCR was extended between two of the calls that are needed. */
  private Optional<SortedMap<Integer, Digest>> readOnce(HashAlgorithm bank, SortedSet<Integer> pcrs)
      throws IOException {
    SortedMap<Integer, Digest> values = new TreeMap<>();
    Optional<Integer> firstCounter = Optional.empty();
    SortedSet<Integer> open = new TreeSet<>(pcrs);
    while (!open.isEmpty()) {
      var counter = new IntByReference();
      var some = readSome(bank, open, counter);
      if (some.isEmpty() || !open.containsAll(some.keySet())) {
        throw new IOException("the TPM has no PCR %s in bank %s".formatted(open, bank.label()));
      }
      if (firstCounter.isPresent() && firstCounter.get() != counter.getValue()) {
        return Optional.empty();
      }
      firstCounter = Optional.of(counter.getValue());
      values.putAll(some);
      open.removeAll(some.keySet());
    }
    return Optional.of(values);
  }

  /** One TPM2_PCR_Read: at most eight values come back, of those the TPM chose to read. */
  private SortedMap<Integer, Digest> readSome(
      HashAlgorithm bank, SortedSet<Integer> pcrs, IntByReference counter) throws IOException {
    var wanted = new TpmlPcrSelection(List.of(TpmsPcrSelection.of(bank, pcrs)));
    try (var call = tss.call("TPM2_PCR_Read")) {
      var selection = call.out();
      var values = call.out();
      var wantedIn = call.in(TssType.TPML_PCR_SELECTION, wanted.encode());
      call.run((esys, context) ->
          esys.Esys_PCR_Read(
              context,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              wantedIn,
              counter,
              selection,
              values));
      var read = call.parse(TssType.TPML_PCR_SELECTION, selection, TpmlPcrSelection::parse);
      var pcrsRead =
          read.pcrSelections().stream()
              .filter(s -> s.hash() == bank)
              .flatMap(s -> s.pcrs().stream())
              .toList();
      return call.parse(
          TssType.TPML_DIGEST,
          values,
          wire -> pair(bank, pcrsRead, Call.reader(wire, TssType.TPML_DIGEST)));
    }
  }

  private static SortedMap<Integer, Digest> pair(
      HashAlgorithm bank, List<Integer> pcrs, BinaryReader digests) throws FormatException {
    if (digests.u32() != pcrs.size()) {
      throw digests.malformed("expected %d digests".formatted(pcrs.size()));
    }
    SortedMap<Integer, Digest> values = new TreeMap<>();
    for (int pcr : pcrs) {
      if (digests.u16() != bank.size()) {
        throw digests.malformed("expected a digest of %d bytes".formatted(bank.size()));
      }
      values.put(pcr, new Digest(bank, digests.bytes(bank.size())));
    }
    return values;
  }

  /** TPM2_PCR_Extend with one digest per bank; banks without one keep their value. */
  public void extend(int pcr, List<Digest> digests) throws IOException {
    TssContext.requirePcr(pcr);
    var list = BinaryWriter.bigEndian().u32(digests.size());
    for (Digest digest : digests) {
      list.u16(digest.algorithm().tpmAlgId()).bytes(digest.value());
    }
    try (var call = tss.call("TPM2_PCR_Extend")) {
      var values = call.in(TssType.TPML_DIGEST_VALUES, list.toBytes());
      call.run((esys, context) ->
          esys.Esys_PCR_Extend(
              context, pcr, Esys.ESYS_TR_PASSWORD, Esys.ESYS_TR_NONE, Esys.ESYS_TR_NONE, values));
    }
  }

  /** TPM2_PCR_Reset; most PCRs refuse it (TPM_RC_LOCALITY), 16 and 23 are for debugging. */
  public void reset(int pcr) throws IOException {
    TssContext.requirePcr(pcr);
    try (var call = tss.call("TPM2_PCR_Reset of PCR " + pcr)) {
      call.run((esys, context) ->
          esys.Esys_PCR_Reset(
              context, pcr, Esys.ESYS_TR_PASSWORD, Esys.ESYS_TR_NONE, Esys.ESYS_TR_NONE));
    }
  }
}
