// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.evidence;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a device asks to be enrolled with, {@code trustme/enrolment-request/2}; nothing in it is
 * trusted. Its parts are held together by the {@link #binding}: what the attestation key certifies
 * and quotes carries its hash, and the identity key signs it.
 *
 * @param identity the key that the device will prove its name with
 * @param firmware what the firmware measured; absent where a machine keeps no log
 */
public record EnrolmentRequest(
    String schema,
    DeviceId device,
    Endorsement ek,
    Attestation ak,
    Identity identity,
    Optional<Firmware> firmware) {
  public static final String SCHEMA = "trustme/enrolment-request/2";

  /** Largest request: a log of some ten thousand entries. */
  public static final long MAX_BYTES = 16L << 20;

  private static final String ABSENT = "-";

  public EnrolmentRequest {
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("expected schema %s, found %s".formatted(SCHEMA, schema));
    }
  }

  /**
   * The endorsement key.
   *
   * @param certificate DER, as it lies in the TPM's NV memory, without padding
   * @param chain DER: certificates of the maker's authorities from NV memory, hints only
   * @param publicArea TPM2B_PUBLIC, under the key {@code public}
   */
  public record Endorsement(
      Bytes certificate, List<Bytes> chain, @JsonProperty("public") Bytes publicArea) {
    private static final int MAX_CHAIN = 8;

    public Endorsement {
      chain = List.copyOf(chain);
      if (chain.size() > MAX_CHAIN) {
        throw new IllegalArgumentException(
            "chain: expected at most %d certificates".formatted(MAX_CHAIN));
      }
    }
  }

  /** The attestation key: a TPM2B_PUBLIC under the key {@code public}. */
  public record Attestation(@JsonProperty("public") Bytes publicArea) {}

  /**
   * What a TPM says, and its signature.
   *
   * @param attest TPMS_ATTEST
   * @param signature TPMT_SIGNATURE of the attestation key
   */
  public record Statement(Bytes attest, Bytes signature) {}

  /**
   * The identity key.
   *
   * @param publicArea TPM2B_PUBLIC, under the key {@code public}
   * @param certified TPM2_Certify of this key by the attestation key, over the binding's hash
   * @param proof TPMT_SIGNATURE of this key over the binding
   */
  public record Identity(
      @JsonProperty("public") Bytes publicArea, Statement certified, Bytes proof) {}

  /**
   * What the firmware measured.
   *
   * @param quote TPM2_Quote by the attestation key of PCRs 0 to 3 and 6, over the binding's hash
   * @param log the TCG event log as the kernel shows it
   */
  public record Firmware(Statement quote, Bytes log) {}

  public static EnrolmentRequest parse(Bytes json) throws FormatException {
    return Json.read(json, EnrolmentRequest.class, "enrolment request");
  }

  public Bytes encode() {
    return Json.write(this);
  }

  /** {@link #binding(DeviceId, Parts)} of this request. */
  public Bytes binding() {
    return binding(
        device,
        new Parts(
            ek.certificate(),
            ek.publicArea(),
            ak.publicArea(),
            identity.publicArea(),
            firmware.map(Firmware::log)));
  }

  /** What the binding covers, as the request holds it. */
  public record Parts(
      Bytes ekCertificate,
      Bytes ekPublic,
      Bytes akPublic,
      Bytes identityPublic,
      Optional<Bytes> log) {}

  /**
   * The text that ties a request together: seven lines, each ended by a line feed. Schema, device,
   * and the SHA-256 in lower-case hex of endorsement certificate, the three public areas (with
   * their sizes) and the log; a hyphen where there is no log.
   */
  public static Bytes binding(DeviceId device, Parts parts) {
    var hashes =
        Stream.of(
                Optional.of(parts.ekCertificate()),
                Optional.of(parts.ekPublic()),
                Optional.of(parts.akPublic()),
                Optional.of(parts.identityPublic()),
                parts.log())
            .map(part -> part.map(b -> HashAlgorithm.SHA256.digest(b).hex()).orElse(ABSENT));
    return Bytes.utf8(
        Stream.concat(Stream.of(SCHEMA, device.uuid()), hashes)
            .map(line -> line + "\n")
            .collect(Collectors.joining()));
  }

  /** SHA-256 of the binding: the qualifying data of certification and quote. */
  public static Digest hash(Bytes binding) {
    return HashAlgorithm.SHA256.digest(binding);
  }
}
