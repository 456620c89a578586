// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.RevocationList;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Floors never sink and are never torn, whoever raises them at once and whoever is killed. */
class ListFloorStoreTest {
  private static final int AUTHORITIES = 3;
  private static final int LISTS = 12;

  @TempDir private Path folder;
  private final List<X509CertificateHolder> issuers = new ArrayList<>();

  @BeforeEach
  void writeLists() throws IOException {
    for (int a = 0; a < AUTHORITIES; a++) {
      var authority = new TestAuthority("authority " + a);
      issuers.add(authority.certificate);
      Files.write(folder.resolve("issuer-" + a), Certificates.der(authority.certificate).toArray());
      for (int number = 1; number <= LISTS; number++) {
        Files.write(file(folder, a, number), authority.list(number).toArray());
      }
    }
  }

  private static Path file(Path folder, int authority, int number) {
    return folder.resolve("list-%d-%d".formatted(authority, number));
  }

  private static Bytes read(Path file) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(file));
  }

  /** Counts one list as seen. */
  private static void raise(Path folder, int authority, int number)
      throws IOException, FormatException {
    var list = RevocationList.parse(read(file(folder, authority, number)));
    var issuer = Certificates.parseDer(read(folder.resolve("issuer-" + authority)));
    ListFloorStore.in(folder).saw(List.of(list), List.of(issuer), Scenario.NOW);
  }

  private long floor(int authority) throws IOException, FormatException {
    Digest issuer = Revocation.issuerKey(issuers.get(authority));
    var numbers = ListFloorStore.in(folder).floors().numbers();
    return numbers.getOrDefault(issuer, BigInteger.ZERO).longValueExact();
  }

  @Test
  void floorsRiseAndNeverSink() throws Exception {
    assertEquals(0, floor(0));
    raise(folder, 0, 5);
    raise(folder, 1, 3);
    raise(folder, 0, 4);
    assertEquals(5, floor(0));
    assertEquals(3, floor(1));
    assertEquals(0, floor(2));
  }

  @Test
  void threadsForgetNothingOfEachOther() throws Exception {
    List<Callable<Void>> all = new ArrayList<>();
    for (int number = 1; number <= LISTS; number++) {
      for (int a = 0; a < AUTHORITIES; a++) {
        int authority = a;
        int seen = number;
        all.add(() -> {
          raise(folder, authority, seen);
          assertTrue(floor(authority) >= seen);
          return null;
        });
      }
    }
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (var one : threads.invokeAll(all)) {
        one.get();
      }
    }
    for (int a = 0; a < AUTHORITIES; a++) {
      assertEquals(LISTS, floor(a));
    }
  }

  /** Two processes raise at once, and each is killed wherever it happens to be. */
  @Test
  @Tag("process")
  void killedProcessesLeaveNoLowerAndNoTornFloors() throws Exception {
    var random = new Random(7);
    Map<Integer, Long> known = new HashMap<>();
    for (int round = 0; round < 6; round++) {
      var first = start(round);
      var second = start(100 + round);
      watch(first, 3 + random.nextInt(6), known);
      watch(second, 2 + random.nextInt(6), known);
      first.destroyForcibly();
      second.destroyForcibly();
      assertTrue(first.waitFor(60, TimeUnit.SECONDS) && second.waitFor(60, TimeUnit.SECONDS));
      requireNoneLower(known);
    }
    raise(folder, 0, LISTS);
    assertEquals(LISTS, floor(0));
  }

  /** Takes what the process tells that it raised, and looks at the floors each time. */
  private void watch(Process process, int lines, Map<Integer, Long> known) throws Exception {
    var told = process.inputReader(StandardCharsets.UTF_8);
    for (int i = 0; i < lines; i++) {
      String line = told.readLine();
      assertTrue(line != null, "the process ended");
      int space = line.indexOf(' ');
      known.merge(
          Integer.valueOf(line.substring(0, space)),
          Long.valueOf(line.substring(space + 1)),
          Math::max);
      requireNoneLower(known);
    }
  }

  private void requireNoneLower(Map<Integer, Long> known) throws Exception {
    for (int a = 0; a < AUTHORITIES; a++) {
      long now = floor(a);
      assertTrue(now >= known.getOrDefault(a, 0L), "authority %d: %d".formatted(a, now));
      known.put(a, now);
    }
  }

  private Process start(int seed) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Raiser.class.getName(),
            folder.toString(),
            String.valueOf(seed))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Raises floors in some order until it is killed, and tells of each that is on disk. */
  static final class Raiser {
    private Raiser() {}

    public static void main(String[] args) throws Exception {
      var random = new Random(Long.parseLong(args[1]));
      Path folder = Path.of(args[0]);
      for (int highest = 1; ; highest = Math.min(highest + 1, LISTS)) {
        int authority = random.nextInt(AUTHORITIES);
        int number = 1 + random.nextInt(highest);
        raise(folder, authority, number);
        System.out.println(authority + " " + number);
        System.out.flush();
      }
    }
  }
}
