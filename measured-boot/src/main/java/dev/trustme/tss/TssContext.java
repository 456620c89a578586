// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsPcrSelection;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One connection to a TPM, for one thread at a time. Every failure is an IOException: {@link
 * TssException} where tpm2-tss or the TPM gave a code.
 */
public final class TssContext implements AutoCloseable {
  private static final int TPM2_CAP_PCRS = 5;
  private static final int READ_ATTEMPTS = 5;

  private final Libraries libraries;
  private final Wire wire;
  private final PointerByReference tcti;
  private final PointerByReference context;

  private TssContext(Libraries libraries, PointerByReference tcti, PointerByReference context) {
    this.libraries = libraries;
    this.wire = new Wire(libraries);
    this.tcti = tcti;
    this.context = context;
  }

  /** Connects; a missing libtss2 is an IOException that names the packages. */
  public static TssContext open(Tcti where) throws IOException {
    var libraries = Libraries.load();
    var tcti = new PointerByReference();
    libraries.require(
        "TPM at " + where,
        libraries.tctiLoader().Tss2_TctiLdr_Initialize(where.configuration(), tcti));
    var context = new PointerByReference();
    int code = libraries.esys().Esys_Initialize(context, tcti.getValue(), null);
    if (code != 0) {
      libraries.tctiLoader().Tss2_TctiLdr_Finalize(tcti);
      libraries.require("Esys_Initialize", code);
    }
    return new TssContext(libraries, tcti, context);
  }

  /** The banks in which this PCR exists; one of an algorithm unknown here is an error. */
  public Set<HashAlgorithm> activeBanks(int pcr) throws IOException {
    requirePcr(pcr);
    Set<HashAlgorithm> active = EnumSet.noneOf(HashAlgorithm.class);
    for (var bank : allocation().entrySet()) {
      var select = bank.getValue();
      if (pcr / 8 < select.size() && (select.at(pcr / 8) >> pcr % 8 & 1) == 1) {
        active.add(
            HashAlgorithm.byTpmAlgId(bank.getKey())
                .orElseThrow(() ->
                    new IOException(
                        "the TPM's bank 0x%04x is active and unknown; disable it"
                            .formatted(bank.getKey()))));
      }
    }
    return active;
  }

  private SortedMap<Integer, Bytes> allocation() throws IOException {
    var data = new PointerByReference();
    try (var moreData = new Memory(1)) {
      call(
          "Esys_GetCapability",
          libraries
              .esys()
              .Esys_GetCapability(
                  context.getValue(),
                  Esys.ESYS_TR_NONE,
                  Esys.ESYS_TR_NONE,
                  Esys.ESYS_TR_NONE,
                  TPM2_CAP_PCRS,
                  0,
                  1,
                  moreData,
                  data));
      var reader =
          wire.out(
              "TPMS_CAPABILITY_DATA",
              data.getValue(),
              libraries.marshalling()::Tss2_MU_TPMS_CAPABILITY_DATA_Marshal);
      if (reader.u32() != TPM2_CAP_PCRS) {
        throw reader.malformed("expected TPM2_CAP_PCRS");
      }
      return banks(reader);
    } catch (FormatException e) {
      throw unreadable(e);
    } finally {
      free(data);
    }
  }

  /**
   * TPML_PCR_SELECTION by TPM_ALG_ID: here, unlike in a quote, algorithms may be unknown, as TPMs
   * list what they could do with empty selections. TPM 2.0 Part 2, 10.6.2 and 10.9.7.
   */
  private static SortedMap<Integer, Bytes> banks(BinaryReader reader) throws FormatException {
    SortedMap<Integer, Bytes> banks = new TreeMap<>();
    for (long left = reader.u32(); left > 0; left--) {
      int algorithm = reader.u16();
      banks.put(algorithm, reader.bytes(reader.u8()));
    }
    return banks;
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
    var selection = new PointerByReference();
    var values = new PointerByReference();
    var mu = libraries.marshalling();
    try (var wanted =
        wire.in(
            "TPML_PCR_SELECTION",
            new TpmlPcrSelection(List.of(TpmsPcrSelection.of(bank, pcrs))).encode(),
            mu::Tss2_MU_TPML_PCR_SELECTION_Unmarshal)) {
      call(
          "Esys_PCR_Read",
          libraries
              .esys()
              .Esys_PCR_Read(
                  context.getValue(),
                  Esys.ESYS_TR_NONE,
                  Esys.ESYS_TR_NONE,
                  Esys.ESYS_TR_NONE,
                  wanted,
                  counter,
                  selection,
                  values));
      var read =
          TpmlPcrSelection.parse(
              wire.out(
                      "TPML_PCR_SELECTION",
                      selection.getValue(),
                      mu::Tss2_MU_TPML_PCR_SELECTION_Marshal)
                  .rest());
      return pair(
          bank,
          read.pcrSelections().stream()
              .filter(s -> s.hash() == bank)
              .flatMap(s -> s.pcrs().stream())
              .toList(),
          wire.out("TPML_DIGEST", values.getValue(), mu::Tss2_MU_TPML_DIGEST_Marshal));
    } catch (FormatException e) {
      throw unreadable(e);
    } finally {
      free(selection);
      free(values);
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
    requirePcr(pcr);
    var list = BinaryWriter.bigEndian().u32(digests.size());
    for (Digest digest : digests) {
      list.u16(digest.algorithm().tpmAlgId()).bytes(digest.value());
    }
    try (var values =
        wire.in(
            "TPML_DIGEST_VALUES",
            list.toBytes(),
            libraries.marshalling()::Tss2_MU_TPML_DIGEST_VALUES_Unmarshal)) {
      call(
          "Esys_PCR_Extend",
          libraries
              .esys()
              .Esys_PCR_Extend(
                  context.getValue(),
                  pcr,
                  Esys.ESYS_TR_PASSWORD,
                  Esys.ESYS_TR_NONE,
                  Esys.ESYS_TR_NONE,
                  values));
    }
  }

  /** Bytes from the TPM's random number generator, in the clear: fit for nonces, not for keys. */
  public Bytes random(int count) throws IOException {
    var random = Bytes.empty();
    while (random.size() < count) {
      var more = randomOnce(Math.min(count - random.size(), HashAlgorithm.SHA256.size()));
      if (more.isEmpty()) {
        throw new IOException("the TPM gave no random bytes");
      }
      random = Bytes.concat(random, more);
    }
    return random;
  }

  private Bytes randomOnce(int count) throws IOException {
    var output = new PointerByReference();
    try {
      call(
          "Esys_GetRandom",
          libraries
              .esys()
              .Esys_GetRandom(
                  context.getValue(),
                  Esys.ESYS_TR_NONE,
                  Esys.ESYS_TR_NONE,
                  Esys.ESYS_TR_NONE,
                  (short) count,
                  output));
      var reader =
          wire.out(
              "TPM2B_DIGEST",
              output.getValue(),
              libraries.marshalling()::Tss2_MU_TPM2B_DIGEST_Marshal);
      return reader.bytes(Math.min(reader.u16(), count));
    } catch (FormatException e) {
      throw unreadable(e);
    } finally {
      free(output);
    }
  }

  private void call(String name, int code) throws TssException {
    libraries.require(name, code);
  }

  private void free(PointerByReference output) {
    Pointer memory = output.getValue();
    if (memory != null) {
      libraries.esys().Esys_Free(memory);
    }
  }

  private static IOException unreadable(FormatException e) {
    return new IOException("the TPM's answer is malformed: " + e.getMessage(), e);
  }

  private static void requirePcr(int pcr) {
    if (pcr < 0 || pcr >= TpmsPcrSelection.PCR_COUNT) {
      throw new IllegalArgumentException("PCR " + pcr + " is not one of 0 to 23");
    }
  }

  @Override
  public void close() {
    libraries.esys().Esys_Finalize(context);
    libraries.tctiLoader().Tss2_TctiLdr_Finalize(tcti);
  }
}
