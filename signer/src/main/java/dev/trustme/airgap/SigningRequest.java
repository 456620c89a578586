// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import dev.trustme.trust.Certificates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What a signing command wants signed, for a machine that has the key: schema {@code
 * trustme/signing-request/1}. It says itself what it asks for; nobody vouches for it.
 *
 * @param created the moment the command works at; it is run again as of this
 * @param contentTime the time stamp of files inside images
 * @param command the verb and its arguments, run again once the signatures are there
 * @param signers whose signatures are asked for
 */
public record SigningRequest(
    String schema,
    Instant created,
    Instant contentTime,
    List<String> command,
    List<Signer> signers,
    List<RequestItem> items) {
  public static final String SCHEMA = "trustme/signing-request/1";

  /** Largest request that is read, in bytes. */
  public static final long MAX_FILE = 256L << 20;

  private static final int MAX_SIGNERS = 16;
  private static final int MAX_CHAIN = 10;

  public SigningRequest {
    command = List.copyOf(command);
    signers = List.copyOf(signers);
    items = List.copyOf(items);
    int known = signers.size();
    require(SCHEMA.equals(schema), "schema: expected " + SCHEMA);
    require(!command.isEmpty(), "command: expected a verb");
    require(known >= 1 && known <= MAX_SIGNERS, "signers: expected 1 to " + MAX_SIGNERS);
    require(!items.isEmpty(), "items: expected at least one");
    require(
        items.stream().allMatch(item -> item.signer() < known),
        "items: a signer that the request does not list");
  }

  /** A certificate with its issuers, DER, leaf first. */
  public record Signer(List<Bytes> chain) {
    public Signer {
      chain = List.copyOf(chain);
      require(
          !chain.isEmpty() && chain.size() <= MAX_CHAIN,
          "chain: expected 1 to %d certificates".formatted(MAX_CHAIN));
    }

    static Signer of(List<X509CertificateHolder> chain) {
      return new Signer(chain.stream().map(Certificates::der).toList());
    }

    /** The certificates; nobody has judged them. */
    public List<X509CertificateHolder> untrustedChain() throws FormatException {
      List<X509CertificateHolder> parsed = new ArrayList<>();
      for (Bytes der : chain) {
        parsed.add(Certificates.parseDer(der));
      }
      return parsed;
    }

    /** The leaf's fingerprint. */
    public Digest fingerprint() {
      return HashAlgorithm.SHA256.digest(chain.getFirst());
    }
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }

  /** Reads a request whose certificates can all be read, and whose algorithms fit their keys. */
  public static SigningRequest parse(Bytes json) throws FormatException {
    var request = Json.read(json, SigningRequest.class, "signing request");
    List<X509CertificateHolder> leaves = new ArrayList<>();
    for (var signer : request.signers()) {
      leaves.add(signer.untrustedChain().getFirst());
    }
    for (int i = 0; i < request.items().size(); i++) {
      var item = request.items().get(i);
      if (!item.by().fits(leaves.get(item.signer()).getSubjectPublicKeyInfo())) {
        throw new FormatException(
            "signing request",
            0,
            "items[%d].algorithm: does not fit the signer's key".formatted(i));
      }
    }
    return request;
  }

  public Bytes encode() {
    return Json.writePretty(this);
  }

  /** How answers name this request: SHA-256 over its bytes as they are in the file. */
  public static Digest digest(Bytes json) {
    return HashAlgorithm.SHA256.digest(json);
  }
}
