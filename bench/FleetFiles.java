// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.BootAggregate;
import dev.trustme.ima.ImaFormat;
import dev.trustme.ima.ImaReader;
import dev.trustme.ima.ImaReplay;
import dev.trustme.ima.ImaStart;
import dev.trustme.release.ShippedDigest;
import dev.trustme.release.ShippedFiles;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The files of a fleet's system, and the binary log of ima-ng entries that its kernels keep. */
final class FleetFiles {
  private static final HashAlgorithm BANK = HashAlgorithm.SHA256;

  private final int entries;
  private final Map<Integer, byte[]> read = new HashMap<>();

  /** Of a log with so many entries, the boot aggregate included. */
  FleetFiles(int entries) {
    this.entries = entries;
  }

  private static String path(int number) {
    return "/usr/lib/x86_64-linux-gnu/library-" + number + ".so";
  }

  private static Digest content(String path) {
    return BANK.digest(Bytes.utf8(path));
  }

  /** All of them, as a release lists them. */
  ShippedFiles shipped() {
    Map<String, List<ShippedDigest>> files = new TreeMap<>();
    for (int i = 1; i < entries; i++) {
      files.put(path(i), List.of(ShippedDigest.of(content(path(i)))));
    }
    return new ShippedFiles(files);
  }

  /**
   * The log of a boot that led to these values of PCR 0 to 9; each device reads the files in an
   * order of its own.
   */
  Bytes log(Map<Integer, Digest> pcrs, int device) {
    var log = new ByteArrayOutputStream();
    log.writeBytes(entry("boot_aggregate", BootAggregate.PCR_0_TO_9.of(BANK, pcrs).orElseThrow()));
    List<Integer> order = new ArrayList<>(IntStream.range(1, entries).boxed().toList());
    Collections.shuffle(order, new Random(device));
    for (int number : order) {
      log.writeBytes(read.computeIfAbsent(number, n -> entry(path(n), content(path(n)))));
    }
    return Bytes.copyOf(log.toByteArray());
  }

  private static byte[] entry(String name, Digest digest) {
    byte[] path = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] data =
        ByteBuffer.allocate(8 + 8 + BANK.size() + path.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(8 + BANK.size())
            .put("sha256:\0".getBytes(StandardCharsets.US_ASCII))
            .put(digest.value().toArray())
            .putInt(path.length)
            .put(path)
            .array();
    return ByteBuffer.allocate(38 + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(ImaReplay.DEFAULT_PCR)
        .put(HashAlgorithm.SHA1.digest(data).value().toArray())
        .putInt(6)
        .put("ima-ng".getBytes(StandardCharsets.US_ASCII))
        .putInt(data.length)
        .put(data)
        .array();
  }

  /** What PCR 10 holds after the log. */
  static Digest replayed(Bytes log) throws Exception {
    try (var reader = ImaReader.of(log.stream(), ImaFormat.BINARY)) {
      return ImaReplay.run(ImaStart.of(BANK), reader).value();
    }
  }
}
