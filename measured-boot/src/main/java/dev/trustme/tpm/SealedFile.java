// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sealed data in one file, {@code trustme/sealed/1}: the object as a TPM takes it, and the policy
 * that it was sealed for, so that whoever opens it can say what does not hold. Nothing in it is
 * secret; the description must be the policy that the TPM enforces, else the file is refused.
 *
 * @param publicArea TPM2B_PUBLIC
 * @param privateArea TPM2B_PRIVATE
 * @param pcrs the values for which it was sealed, of one bank, ascending; none where it is not
 *     bound
 * @param auth whether it also asks for an authorization value
 */
public record SealedFile(
    String schema,
    @JsonProperty("public") Bytes publicArea,
    @JsonProperty("private") Bytes privateArea,
    List<PcrValue> pcrs,
    boolean auth) {
  public static final String SCHEMA = "trustme/sealed/1";

  /** One register. */
  public record PcrValue(int pcr, Digest digest) {}

  public SealedFile {
    pcrs = List.copyOf(pcrs);
  }

  public static SealedFile of(KeyBlob blob, SortedMap<Integer, Digest> pcrs, boolean auth) {
    List<PcrValue> values = new ArrayList<>();
    pcrs.forEach((pcr, digest) -> values.add(new PcrValue(pcr, digest)));
    return new SealedFile(SCHEMA, blob.encodePublic(), blob.encodePrivate(), values, auth);
  }

  public static SealedFile parse(Bytes input) throws FormatException {
    var file = Json.read(input, SealedFile.class, "sealed file");
    if (!file.schema.equals(SCHEMA)) {
      throw malformed("expected schema %s, found %s".formatted(SCHEMA, file.schema));
    }
    int previous = -1;
    for (PcrValue value : file.pcrs) {
      boolean foreign = value.digest.algorithm() != file.pcrs.get(0).digest.algorithm();
      if (foreign || value.pcr <= previous || value.pcr >= TpmsPcrSelection.PCR_COUNT) {
        throw malformed("PCRs must ascend from 0 to 23 in one bank, found " + value.pcr);
      }
      previous = value.pcr;
    }
    var area = SealedPublic.parseTpm2b(file.publicArea);
    var blob = file.blob();
    if (!area.encode().equals(blob.publicArea())) {
      throw malformed("the public area is not in its one form");
    }
    if (!policyDigest(file.policy(), area.nameAlg()).equals(area.authPolicy())) {
      throw malformed("the TPM enforces another policy than the one described");
    }
    return file;
  }

  private static FormatException malformed(String problem) {
    return new FormatException("sealed file", 0, problem);
  }

  public Bytes encode() {
    return Json.write(this);
  }

  public KeyBlob blob() throws FormatException {
    return KeyBlob.parse(publicArea, privateArea);
  }

  public SortedMap<Integer, Digest> values() {
    SortedMap<Integer, Digest> values = new TreeMap<>();
    pcrs.forEach(value -> values.put(value.pcr, value.digest));
    return values;
  }

  /** No steps where the authorization value alone opens it. */
  public Policy policy() {
    return policy(values(), auth);
  }

  public static Policy policy(SortedMap<Integer, Digest> pcrs, boolean auth) {
    if (pcrs.isEmpty()) {
      return Policy.of();
    }
    var byPcrs = Policy.of(PolicyStep.PolicyPcr.of(HashAlgorithm.SHA256, pcrs));
    return auth ? byPcrs.then(new PolicyStep.PolicyAuthValue()) : byPcrs;
  }

  /** Empty for a policy of no steps: then no policy is asked. */
  public static Bytes policyDigest(Policy policy, HashAlgorithm hash) {
    return policy.steps().isEmpty() ? Bytes.empty() : policy.digest(hash).value();
  }
}
