// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.trustme.attest.FileJudgement.Good;
import dev.trustme.attest.FileJudgement.Reason;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.ImaFormat;
import dev.trustme.ima.ImaReader;
import dev.trustme.release.ShippedDigest;
import dev.trustme.release.ShippedFiles;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownEntriesTest {
  private static final Good RELEASED = new Good(Reason.RELEASED, "");
  private static final Bytes MEASURED = HashAlgorithm.SHA256.digest(Bytes.empty()).value();

  /** An entry of template ima-ng, as the kernel writes it, with any template hash. */
  private static Bytes entry(Bytes templateHash, String path) {
    Bytes digest = Bytes.concat(Bytes.utf8("sha256:\0"), MEASURED);
    Bytes name = Bytes.utf8(path + "\0");
    Bytes data = Bytes.concat(u32(digest.size()), digest, u32(name.size()), name);
    Bytes template = Bytes.utf8("ima-ng");
    return Bytes.concat(
        u32(10), templateHash, u32(template.size()), template, u32(data.size()), data);
  }

  private static Bytes u32(int value) {
    return Bytes.copyOf(
        new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)});
  }

  private static Bytes hash(int number) {
    return HashAlgorithm.SHA1.digest(Bytes.utf8("entry " + number)).value();
  }

  private static ImaReader at(Bytes entry) throws IOException, FormatException {
    var reader = ImaReader.of(entry.stream(), ImaFormat.BINARY);
    assertEquals(true, reader.next());
    return reader;
  }

  private static void add(KnownEntries.OfRelease known, Bytes entry)
      throws IOException, FormatException {
    known.add(at(entry), MEASURED, RELEASED);
  }

  @Test
  void findsAnEntryByEachOfItsBytes() throws IOException, FormatException {
    var known = new KnownEntries().of(Optional.empty());
    Bytes entry = entry(hash(1), "/a");
    assertNull(known.find(at(entry)));
    add(known, entry);
    var found = known.find(at(entry));
    assertNotNull(found);
    assertEquals(Bytes.concat(entry, MEASURED), found.bytes());
    assertEquals(entry.size(), found.rawSize());
    assertSame(RELEASED, found.judgement());
    assertNull(known.find(at(entry(hash(1), "/b"))));
    assertNull(known.find(at(entry(hash(2), "/a"))));
  }

  @Test
  void keepsTheNewestOfTooManyWithOneHash() throws IOException, FormatException {
    var known = new KnownEntries().of(Optional.empty());
    for (int i = 0; i < 100; i++) {
      add(known, entry(hash(1), "/" + i));
    }
    assertNotNull(known.find(at(entry(hash(1), "/99"))));
    assertNotNull(known.find(at(entry(hash(1), "/92"))));
    assertNull(known.find(at(entry(hash(1), "/91"))));
  }

  @Test
  void keepsNoLongEntriesAndBeginsAnewWhereItIsFull() throws IOException, FormatException {
    var known = new KnownEntries().of(Optional.empty());
    Bytes tooLong = entry(hash(1), "/" + "a".repeat(1000));
    add(known, tooLong);
    assertNull(known.find(at(tooLong)));
    Bytes first = entry(hash(0), "/" + "a".repeat(900));
    add(known, first);
    for (int i = 1; i < 40_000; i++) {
      add(known, entry(hash(i), "/" + "a".repeat(900)));
    }
    assertNull(known.find(at(first)));
    assertNotNull(known.find(at(entry(hash(39_999), "/" + "a".repeat(900)))));
  }

  @Test
  void ofEachListOfFilesOnItsOwn() throws IOException, FormatException {
    var all = new KnownEntries();
    var files =
        new ShippedFiles(
            Map.of("/a", List.of(ShippedDigest.of(HashAlgorithm.SHA256.digest(Bytes.empty())))));
    Bytes entry = entry(hash(1), "/a");
    add(all.of(Optional.of(files)), entry);
    assertNotNull(all.of(Optional.of(files)).find(at(entry)));
    assertNull(all.of(Optional.empty()).find(at(entry)));
  }
}
