// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import java.time.Instant;
import java.util.List;

/**
 * Signatures for a {@link SigningRequest}, or for some of its items: schema {@code
 * trustme/signing-answer/1}.
 *
 * @param request SHA-256 of the request's file
 * @param certificates fingerprints of the signers
 * @param signatures in the order of the request's items
 */
public record SigningAnswer(
    String schema,
    Digest request,
    Instant created,
    List<Digest> certificates,
    List<Signed> signatures) {
  public static final String SCHEMA = "trustme/signing-answer/1";

  /** Largest answer that is read, in bytes. */
  public static final long MAX_FILE = 256L << 20;

  public SigningAnswer {
    certificates = List.copyOf(certificates);
    signatures = List.copyOf(signatures);
    require(SCHEMA.equals(schema), "schema: expected " + SCHEMA);
    require(request.algorithm() == HashAlgorithm.SHA256, "request: expected a sha256 digest");
    int last = -1;
    for (Signed signed : signatures) {
      require(signed.item() > last, "signatures: expected items in rising order, each once");
      last = signed.item();
    }
    require(last >= 0, "signatures: expected at least one");
  }

  /**
   * One signature.
   *
   * @param item index in the request
   */
  public record Signed(int item, Bytes signature) {}

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }

  public static SigningAnswer parse(Bytes json) throws FormatException {
    return Json.read(json, SigningAnswer.class, "signing answer");
  }

  public Bytes encode() {
    return Json.writePretty(this);
  }
}
