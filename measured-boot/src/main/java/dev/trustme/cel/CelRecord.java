// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One record of a container log in CEL-JSON: TCG Canonical Event Log Format 1.0, 5 (field names are
 * its own). The content is a string, as in systemd's log of user space, and what was extended is
 * the hash of exactly its UTF-8 bytes, in every active bank.
 */
public record CelRecord(
    @JsonProperty("recnum") long recnum,
    @JsonProperty("pcr") int pcr,
    @JsonProperty("digests") List<CelDigest> digests,
    @JsonProperty("content_type") String contentType,
    @JsonProperty("content") Content content) {
  /** The content type of {@link ContainerEvent}. */
  public static final String CONTAINER = "trustme-container";

  private static final int MAX_PCR = 23;

  public CelRecord {
    digests = List.copyOf(digests);
    require(recnum >= 0, "recnum: expected 0 or more, found " + recnum);
    require(pcr >= 0 && pcr <= MAX_PCR, "pcr: expected 0 to 23, found " + pcr);
    require(contentType.equals(CONTAINER), "content_type: unknown: " + contentType);
    require(!digests.isEmpty(), "digests: none");
    Set<HashAlgorithm> banks = EnumSet.noneOf(HashAlgorithm.class);
    for (CelDigest each : digests) {
      require(banks.add(each.value().algorithm()), "digests: a bank appears twice");
      require(
          each.value().algorithm().digest(Bytes.utf8(content.string())).equals(each.value()),
          "digests: " + each.hashAlg() + " is not the hash of the content");
    }
  }

  /** One digest; lower-case hex. */
  public record CelDigest(
      @JsonProperty("hashAlg") String hashAlg, @JsonProperty("digest") String digest) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]*");

    public CelDigest {
      var algorithm = HashAlgorithm.byLabel(hashAlg);
      require(algorithm.isPresent(), "hashAlg: unknown: " + hashAlg);
      require(
          HEX.matcher(digest).matches() && digest.length() == 2 * algorithm.get().size(),
          "digest: expected %d lower-case hex digits".formatted(2 * algorithm.get().size()));
    }

    Digest value() {
      return new Digest(HashAlgorithm.byLabel(hashAlg).orElseThrow(), Bytes.fromHex(digest));
    }
  }

  /** What was measured. */
  public record Content(@JsonProperty("string") String string) {}

  /** The record of a container's start, with digests for these banks. */
  public static CelRecord of(long recnum, int pcr, ContainerEvent event, Set<HashAlgorithm> banks) {
    Bytes string = event.encode();
    var digests =
        banks.stream()
            .sorted()
            .map(bank -> new CelDigest(bank.label(), bank.digest(string).hex()))
            .toList();
    return new CelRecord(recnum, pcr, digests, CONTAINER, new Content(string.utf8()));
  }

  public static CelRecord parse(Bytes json) throws FormatException {
    return Json.read(json, CelRecord.class, "CEL record");
  }

  /** Compact JSON on one line, without the line's end. */
  public Bytes encode() {
    return Json.write(this);
  }

  public ContainerEvent event() throws FormatException {
    return ContainerEvent.parse(Bytes.utf8(content.string()));
  }

  /** What the bank was extended with; empty if it was not. */
  public Optional<Digest> digest(HashAlgorithm bank) {
    return digests.stream().map(CelDigest::value).filter(d -> d.algorithm() == bank).findFirst();
  }

  /** One digest for each bank that was extended. */
  public List<Digest> measured() {
    return digests.stream().map(CelDigest::value).toList();
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }
}
