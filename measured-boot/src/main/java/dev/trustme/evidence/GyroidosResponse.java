// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.evidence;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a GyroidOS device answers to an attestation request: message Tpm2dToRemote of its {@code
 * tpm2d/attestation.proto}, Protocol Buffers 2. Untrusted in every field.
 *
 * @param quoted a TPMS_ATTEST
 * @param signature a TPMT_SIGNATURE
 * @param pcrs the values that the device claims, by PCR
 * @param certificate the device's certificates, PEM
 * @param ima binary_runtime_measurements
 */
public record GyroidosResponse(
    Bytes quoted,
    Bytes signature,
    SortedMap<Integer, Digest> pcrs,
    Bytes certificate,
    Optional<Bytes> ima,
    List<Container> containers) {
  /** Largest response: an IMA log of some ten thousand entries. */
  public static final long MAX_BYTES = 64L * 1024 * 1024;

  private static final String NAME = "Tpm2dToRemote";
  private static final ProtoReader.Fields FIELDS =
      new ProtoReader.Fields(List.of(1, 2, 3), List.of(4, 5, 6, 7, 11, 12));
  private static final ProtoReader.Fields PCR = new ProtoReader.Fields(List.of(1), List.of(2));
  private static final ProtoReader.Fields CONTAINER =
      new ProtoReader.Fields(List.of(1), List.of(2, 3, 4, 5, 6));
  private static final int ATTESTATION_RES = 1;
  private static final int MAX_TYPE = 2;
  private static final int LAST_PCR = 23;
  private static final int FIRST_TAG = 8;

  /**
   * A started container.
   *
   * @param filename what the device says was started; no PCR covers it
   * @param after the PCR after it, as the device says
   * @param image what the PCR was extended with: the hash of the image's file
   */
  public record Container(int pcr, String filename, Digest after, Digest image) {}

  public GyroidosResponse {
    pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(pcrs));
    containers = List.copyOf(containers);
  }

  /**
   * Reads a response, with the four bytes of its length (big-endian) before it, as devices send it,
   * or without.
   */
  public static GyroidosResponse parse(Bytes input) throws FormatException {
    Bytes message = input;
    // No message begins with a field number of 0, so this is a length.
    if (!input.isEmpty() && input.at(0) < FIRST_TAG) {
      var reader = BinaryReader.bigEndian(input, NAME);
      message = reader.bytes(reader.u32());
      reader.expectEnd();
    }
    var fields = ProtoReader.of(NAME, message, FIELDS);
    if (fields.required(fields.number(1), 1) != ATTESTATION_RES) {
      throw fields.malformed("code: expected ATTESTATION_RES (1)");
    }
    if (fields.number(2).orElse(0L) > MAX_TYPE || fields.number(2).orElse(0L) < 0) {
      throw fields.malformed("atype: expected 0 to 2");
    }
    HashAlgorithm bank = bank(fields);
    return new GyroidosResponse(
        fields.required(fields.bytes(4), 4),
        fields.required(fields.bytes(5), 5),
        pcrs(fields, bank),
        fields.required(fields.bytes(7), 7),
        fields.bytes(11),
        containers(fields));
  }

  private static HashAlgorithm bank(ProtoReader fields) throws FormatException {
    long size = fields.required(fields.number(3), 3);
    if (size != HashAlgorithm.SHA256.size()) {
      throw fields.malformed("halg: expected 32, found %s".formatted(Long.toUnsignedString(size)));
    }
    return HashAlgorithm.SHA256;
  }

  private static SortedMap<Integer, Digest> pcrs(ProtoReader fields, HashAlgorithm bank)
      throws FormatException {
    SortedMap<Integer, Digest> values = new TreeMap<>();
    for (Bytes each : fields.repeated(6)) {
      var pcr = ProtoReader.of("Pcr", each, PCR);
      int number = pcr(pcr, 1);
      Bytes value = pcr.required(pcr.bytes(2), 2);
      if (value.size() != bank.size() || values.put(number, new Digest(bank, value)) != null) {
        throw pcr.malformed(
            "value: expected %d bytes, once for PCR %d".formatted(bank.size(), number));
      }
    }
    return values;
  }

  private static int pcr(ProtoReader fields, int field) throws FormatException {
    long number = fields.required(fields.number(field), field);
    if (number < 0 || number > LAST_PCR) {
      throw fields.malformed("expected a PCR of 0 to 23");
    }
    return Math.toIntExact(number);
  }

  private static List<Container> containers(ProtoReader fields) throws FormatException {
    List<Container> containers = new ArrayList<>();
    for (Bytes each : fields.repeated(12)) {
      var entry = ProtoReader.of("MlContainerEntry", each, CONTAINER);
      containers.add(
          new Container(pcr(entry, 1), entry.text(2), digest(entry, 3, 4), digest(entry, 5, 6)));
    }
    return containers;
  }

  private static Digest digest(ProtoReader entry, int algorithm, int value) throws FormatException {
    String name = entry.text(algorithm);
    var hash =
        HashAlgorithm.byLabel(name)
            .orElseThrow(() -> entry.malformed("field %d: unknown hash".formatted(algorithm)));
    Bytes content = entry.required(entry.bytes(value), value);
    if (content.size() != hash.size()) {
      throw entry.malformed("field %d: expected %d bytes".formatted(value, hash.size()));
    }
    return new Digest(hash, content);
  }
}
