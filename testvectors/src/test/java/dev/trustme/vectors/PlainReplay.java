// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A second replay, from the bytes, of well-formed logs alone: it shares nothing with the product
 * but the byte string, so that the two can judge each other.
 */
public final class PlainReplay {
  private static final Map<Integer, String> BANKS =
      Map.of(0x04, "SHA-1", 0x0b, "SHA-256", 0x0c, "SHA-384", 0x0d, "SHA-512");
  private static final int NO_ACTION = 3;
  private static final int HCRTM = 0x80000010;
  private static final byte[] LOCALITY = "StartupLocality\0".getBytes(StandardCharsets.US_ASCII);

  private final ByteBuffer log;
  private final boolean confidential;
  private final Map<Integer, Integer> sizes = new LinkedHashMap<>();
  private final Map<Integer, byte[][]> values = new LinkedHashMap<>();
  private final Set<Integer> measured = new TreeSet<>();

  private PlainReplay(Bytes log, boolean confidential) {
    this.log = ByteBuffer.wrap(log.toArray()).order(ByteOrder.LITTLE_ENDIAN);
    this.confidential = confidential;
  }

  /** Lines {@code sha256:4 HEX}: all PCRs of all banks that we compute, or RTMR0 to 3. */
  public static Bytes lines(Bytes log, boolean confidential) {
    return new PlainReplay(log, confidential).run();
  }

  private Bytes run() {
    boolean agile = head();
    while (log.remaining() > 16 && !filler()) {
      event(agile);
    }
    var lines = new StringBuilder();
    values.forEach((bank, registers) -> {
      String label = BANKS.getOrDefault(bank, "").replace("-", "").toLowerCase(Locale.ROOT);
      for (int i = confidential ? 1 : 0; i < (confidential ? 5 : 24); i++) {
        lines.append("%s:%d %s%n".formatted(label, i, Bytes.copyOf(registers[i]).hex()));
      }
    });
    return Bytes.utf8(lines.toString());
  }

  private boolean head() {
    boolean agile =
        log.limit() >= 47
            && new String(log.array(), 32, 15, StandardCharsets.US_ASCII).equals("Spec ID Event03");
    sizes.put(0x04, 20);
    if (agile) {
      sizes.clear();
      int end = 32 + log.getInt(28);
      int count = log.getInt(56);
      for (int i = 0; i < count; i++) {
        sizes.put((int) log.getShort(60 + 4 * i), (int) log.getShort(62 + 4 * i));
      }
      int vendorInfo = 60 + 4 * count;
      log.position(Math.max(end, vendorInfo + 1 + log.get(vendorInfo)));
    }
    sizes.forEach((bank, size) -> {
      if (BANKS.containsKey(bank)) {
        var registers = new byte[24][size];
        for (int pcr = 17; pcr < 23; pcr++) {
          Arrays.fill(registers[pcr], (byte) 0xff);
        }
        values.put(bank, registers);
      }
    });
    return agile;
  }

  private boolean filler() {
    byte fill = log.get(log.position());
    for (int i = log.position(); i < log.limit(); i++) {
      if (log.get(i) != fill) {
        return false;
      }
    }
    return fill == 0 || fill == -1;
  }

  private void event(boolean agile) {
    int pcr = log.getInt();
    int type = log.getInt();
    int count = agile ? log.getInt() : 1;
    Map<Integer, byte[]> digests = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      int bank = agile ? log.getShort() : 0x04;
      digests.put(bank, take(sizes.getOrDefault(bank, 0)));
    }
    byte[] data = take(log.getInt());
    if (type == NO_ACTION) {
      if (data.length == 17 && Arrays.equals(data, 0, 16, LOCALITY, 0, 16)) {
        start(data[16]);
      }
      return;
    }
    if (type == HCRTM) {
      start((byte) 4);
    }
    launch(pcr);
    values.keySet().retainAll(digests.keySet());
    values.forEach((bank, registers) -> {
      MessageDigest hash = hash(bank);
      hash.update(registers[pcr]);
      registers[pcr] = hash.digest(digests.get(bank));
    });
    measured.add(pcr);
  }

  private void start(byte locality) {
    if (!measured.contains(0)) {
      values.values().forEach(registers -> registers[0][registers[0].length - 1] = locality);
    }
  }

  private void launch(int pcr) {
    if (pcr > 16 && pcr < 23 && measured.stream().noneMatch(m -> m > 16 && m < 23)) {
      values
          .values()
          .forEach(registers -> {
            for (int i = 17; i < 23; i++) {
              registers[i] = new byte[registers[i].length];
            }
          });
    }
  }

  private byte[] take(int size) {
    var bytes = new byte[size];
    log.get(bytes);
    return bytes;
  }

  private static MessageDigest hash(int bank) {
    try {
      return MessageDigest.getInstance(BANKS.getOrDefault(bank, ""));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
