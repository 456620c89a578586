// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.ImaFormat;
import dev.trustme.ima.ImaReader;
import dev.trustme.ima.ImaReplay;
import dev.trustme.ima.ImaStart;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Times the replay of IMA logs: {@code Ima.java HOME LINES RUNS}. */
public class Ima {
  private static final HexFormat HEX = HexFormat.of();

  /** What anybody would write: a loop over the lines of a text log, for one template. */
  private static final String PYTHON =
      """
      import hashlib, struct, sys
      pcr = bytes(32)
      for line in open(sys.argv[1], 'rb'):
          _, template, kind, digest, name = line.rstrip(b'\\n').split(b' ', 4)
          algorithm, value = digest.split(b':')
          d = algorithm + b':\\0' + bytes.fromhex(value.decode())
          n = name + b'\\0'
          data = struct.pack('<I', len(d)) + d + struct.pack('<I', len(n)) + n
          if hashlib.sha1(data).hexdigest().encode() != template:
              sys.exit('template hash')
          pcr = hashlib.sha256(pcr + hashlib.sha256(data).digest()).digest()
      sys.exit(0 if pcr.hex() == sys.argv[2] else 1)
      """;

  /** The two forms of one log, and what PCR 10 holds after it. */
  record Log(Path ascii, Path binary, String pcr) {}

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    int lines = Integer.parseInt(args[1]);
    int runs = Integer.parseInt(args[2]);
    Path folder = Files.createTempDirectory("trustme-bench");
    try {
      wholeProcess(home, write(folder, "long", lines), folder, runs, lines);
      Log small = write(folder, "small", 100_000);
      warm(small);
      linear(small);
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static Log write(Path folder, String name, int lines) throws Exception {
    var sha1 = MessageDigest.getInstance("SHA-1");
    var sha256 = MessageDigest.getInstance("SHA-256");
    var log = new Log(folder.resolve(name + ".txt"), folder.resolve(name + ".bin"), "");
    byte[] pcr = new byte[32];
    try (OutputStream ascii = buffered(log.ascii);
        OutputStream binary = buffered(log.binary)) {
      for (int i = 0; i < lines; i++) {
        String path = i == 0 ? "boot_aggregate" : "/usr/lib/x86_64-linux-gnu/library-" + i + ".so";
        byte[] file = sha256.digest(path.getBytes(StandardCharsets.US_ASCII));
        byte[] data = templateData(file, path);
        byte[] template = sha1.digest(data);
        binary.write(
            ByteBuffer.allocate(38 + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(10)
                .put(template)
                .putInt(6)
                .put("ima-ng".getBytes(StandardCharsets.US_ASCII))
                .putInt(data.length)
                .put(data)
                .array());
        String line =
            "10 " + HEX.formatHex(template) + " ima-ng sha256:" + HEX.formatHex(file) + " " + path;
        ascii.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        byte[] measured = sha256.digest(data);
        sha256.update(pcr);
        pcr = sha256.digest(measured);
      }
    }
    return new Log(log.ascii, log.binary, HEX.formatHex(pcr));
  }

  private static OutputStream buffered(Path file) throws Exception {
    return new java.io.BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
  }

  private static byte[] templateData(byte[] file, String path) {
    return ByteBuffer.allocate(8 + 8 + file.length + path.length() + 1)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(8 + file.length)
        .put("sha256:\0".getBytes(StandardCharsets.US_ASCII))
        .put(file)
        .putInt(path.length() + 1)
        .put(path.getBytes(StandardCharsets.US_ASCII))
        .put((byte) 0)
        .array();
  }

  private static void wholeProcess(Path home, Log log, Path folder, int runs, int lines)
      throws Exception {
    Path script = Files.writeString(folder.resolve("loop.py"), PYTHON);
    String trustme = home.resolve("trustme").toString();
    var ours = List.of(trustme, "measure", "ima", "--summary", "--pcr-value", "sha256:" + log.pcr);
    var ascii = new ArrayList<>(ours);
    ascii.add(log.ascii.toString());
    var binary = new ArrayList<>(ours);
    binary.add(log.binary.toString());
    var python = List.of("python3", script.toString(), log.ascii.toString(), log.pcr);
    var commands = List.of(python, ascii, binary);
    double[][] seconds = new double[commands.size()][runs];
    for (int run = 0; run < runs; run++) {
      for (int i = 0; i < commands.size(); i++) {
        seconds[i][run] = time(commands.get(i));
      }
    }
    System.out.printf("%d entries, %d runs each, in turn, heap of 128 MiB%n", lines, runs);
    List<String> names = List.of("python3 loop, text", "measure ima, text", "measure ima, binary");
    for (int i = 0; i < names.size(); i++) {
      Arrays.sort(seconds[i]);
      System.out.printf(
          "%-22s median %6.2f s  (%.2f to %.2f)  %.2f x the loop%n",
          names.get(i),
          seconds[i][runs / 2],
          seconds[i][0],
          seconds[i][runs - 1],
          seconds[i][runs / 2] / seconds[0][runs / 2]);
    }
  }

  private static double time(List<String> command) throws Exception {
    var builder = new ProcessBuilder(command);
    builder.environment().put("TRUSTME_NO_REBUILD", "1");
    builder.environment().put("JDK_JAVA_OPTIONS", "-Xmx128m");
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    long start = System.nanoTime();
    int code = builder.start().waitFor();
    double taken = (System.nanoTime() - start) / 1e9;
    if (code != 0) {
      throw new IllegalStateException(command + " ended with " + code);
    }
    return taken;
  }

  private static void warm(Log log) throws Exception {
    System.out.println("warm, one process, 100000 entries, median of 15 after 15:");
    var sha256 = ImaStart.of(HashAlgorithm.SHA256);
    for (Path file : List.of(log.binary, log.ascii)) {
      byte[] content = Files.readAllBytes(file);
      ImaFormat format = file == log.binary ? ImaFormat.BINARY : ImaFormat.ASCII;
      rate("sha256 bank", content, format, sha256.withoutTemplateHashes(), log.pcr);
      rate("and template hashes", content, format, sha256, log.pcr);
    }
  }

  private static void rate(
      String what, byte[] content, ImaFormat format, ImaStart start, String pcr) throws Exception {
    double[] rates = new double[15];
    for (int run = -rates.length; run < rates.length; run++) {
      long begun = System.nanoTime();
      ImaReplay replay = replay(new ByteArrayInputStream(content), format, start);
      double taken = (System.nanoTime() - begun) / 1e9;
      if (!replay.value().hex().equals(pcr)) {
        throw new IllegalStateException("another value: " + replay.value());
      }
      if (run >= 0) {
        rates[run] = replay.entries() / taken / 1e6;
      }
    }
    Arrays.sort(rates);
    System.out.printf(
        "  %-7s %-20s %5.2f million entries/s  (%.2f to %.2f)%n",
        format.encoding(), what, rates[7], rates[0], rates[14]);
  }

  private static ImaReplay replay(InputStream log, ImaFormat format, ImaStart start)
      throws Exception {
    try (var reader = ImaReader.of(log, format)) {
      return ImaReplay.run(start, reader);
    }
  }

  /** The same block of entries again and again, never more than a buffer of it in memory. */
  private static void linear(Log log) throws Exception {
    System.out.println("from 10^4 to 10^7 entries, one process, text:");
    byte[] all = Files.readAllBytes(log.ascii);
    int end = 0;
    for (int lines = 0; lines < 10_000; end++) {
      lines += all[end] == '\n' ? 1 : 0;
    }
    byte[] block = Arrays.copyOf(all, end);
    for (int times = 1; times <= 1000; times *= 10) {
      long begun = System.nanoTime();
      var start = ImaStart.of(HashAlgorithm.SHA256);
      ImaReplay replay = replay(new Repeated(block, times), ImaFormat.ASCII, start);
      double taken = (System.nanoTime() - begun) / 1e9;
      System.out.printf(
          "  %8d entries  %7.3f s  %6.1f ns each%n",
          replay.entries(), taken, taken * 1e9 / replay.entries());
    }
  }

  /** A block of bytes, several times. */
  private static final class Repeated extends InputStream {
    private final byte[] block;
    private long left;
    private int at;

    Repeated(byte[] block, int times) {
      this.block = block;
      left = (long) block.length * times;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("read by the byte");
    }

    @Override
    public int read(byte[] out, int from, int length) {
      if (left == 0) {
        return -1;
      }
      int count = (int) Math.min(Math.min(length, block.length - at), left);
      System.arraycopy(block, at, out, from, count);
      at = (at + count) % block.length;
      left -= count;
      return count;
    }
  }
}
