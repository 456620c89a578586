// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import dev.trustme.trust.Certificates;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * A DSSE envelope (Dead Simple Signing Envelope 1.0): a typed payload and signatures over its
 * pre-authentication encoding. Unknown fields of the envelope are ignored, as its specification
 * wants; the payload's own schema is strict. {@code keyid} is a hint and never trusted; our field
 * {@code x5c} carries the signer's chain, base64 DER, leaf first.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record DsseEnvelope(
    @JsonProperty("payloadType") String payloadType,
    @JsonProperty("payload") Bytes payload,
    @JsonProperty("signatures") List<Signature> signatures) {
  /** Payload type of a release manifest. */
  public static final String RELEASE = "application/vnd.trustme.release+json";

  /** Payload type of a container manifest. */
  public static final String CONTAINER = "application/vnd.trustme.container+json";

  /** Payload type of an enrolment record. */
  public static final String ENROLMENT = "application/vnd.trustme.enrolment+json";

  /** What is read of a file that holds one. */
  public static final long MAX_FILE = 16L << 20;

  private static final int MAX_SIGNATURES = 16;

  public DsseEnvelope {
    signatures = List.copyOf(signatures);
    if (signatures.isEmpty() || signatures.size() > MAX_SIGNATURES) {
      throw new IllegalArgumentException(
          "expected 1 to %d signatures, found %d".formatted(MAX_SIGNATURES, signatures.size()));
    }
  }

  /** One signature over {@link DsseEnvelope#preAuthenticationEncoding}. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Signature(
      @JsonProperty("keyid") Optional<String> keyid,
      @JsonProperty("sig") Bytes sig,
      @JsonProperty("x5c") List<Bytes> x5c) {
    public Signature {
      x5c = List.copyOf(x5c);
    }

    /** The chain as certificates, leaf first; untrusted. */
    public List<X509CertificateHolder> untrustedChain() throws FormatException {
      List<X509CertificateHolder> chain = new ArrayList<>();
      for (Bytes der : x5c) {
        chain.add(Certificates.parseDer(der));
      }
      return chain;
    }
  }

  public static DsseEnvelope parse(Bytes json) throws FormatException {
    return Json.read(json, DsseEnvelope.class, "DSSE envelope");
  }

  public Bytes encode() {
    return Json.writePretty(this);
  }

  /**
   * What is signed: {@code "DSSEv1" SP len(type) SP type SP len(body) SP body}, lengths in bytes.
   */
  public static Bytes preAuthenticationEncoding(String payloadType, Bytes payload) {
    Bytes type = Bytes.utf8(payloadType);
    return Bytes.concat(
        Bytes.utf8("DSSEv1 " + type.size() + " "),
        type,
        Bytes.utf8(" " + payload.size() + " "),
        payload);
  }
}
