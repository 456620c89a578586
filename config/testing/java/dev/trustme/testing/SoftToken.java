// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * SoftHSM2 with its tokens in a folder of its own. The library reads the environment when it is
 * initialized, so this process' own is set too; one such folder is used at a time.
 */
public final class SoftToken {
  public static final String MODULE = "/usr/lib/softhsm/libsofthsm2.so";
  public static final String PIN = "12345678";
  private static final String SPY = "/usr/lib/x86_64-linux-gnu/pkcs11/pkcs11-spy.so";

  /** libc. */
  public interface C extends Library {
    int setenv(String name, String value, int overwrite);
  }

  private static final C LIBC = Native.load("c", C.class);

  private static @Nullable Path spyLog;

  private final Path folder;
  private long spyFrom;

  private SoftToken(Path folder) {
    this.folder = folder;
  }

  /** Without the mechanisms, for example {@code CKM_RSA_PKCS_PSS}. */
  public static SoftToken in(Path folder, String... withoutMechanisms) throws IOException {
    var unused = Files.createDirectories(folder.resolve("tokens"));
    var tokens = new SoftToken(folder);
    // SoftHSM 2.6.1 overlooks the first name after the minus, so one that nobody needs is first.
    String mechanisms =
        withoutMechanisms.length == 0 ? "ALL" : "-CKM_MD5," + String.join(",", withoutMechanisms);
    Files.writeString(
        tokens.configuration(),
        """
        directories.tokendir = %s/tokens
        objectstore.backend = file
        log.level = ERROR
        slots.mechanisms = %s
        """
            .formatted(folder, mechanisms));
    assertEquals(0, LIBC.setenv("SOFTHSM2_CONF", tokens.configuration().toString(), 1));
    return tokens;
  }

  private Path configuration() {
    return folder.resolve("softhsm2.conf");
  }

  /** A new token with this label and {@link #PIN}. */
  public SoftToken token(String label) throws IOException, InterruptedException {
    run(
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        label,
        "--pin",
        PIN,
        "--so-pin",
        "87654321");
    return this;
  }

  /** Everything goes with it, as if the token had been pulled. */
  public void remove() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("tokens"))) {
      for (Path file : files.skip(1).sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** pkcs11-tool on one token, logged in. */
  public String tool(String label, Object... command) throws IOException, InterruptedException {
    var line =
        Stream.concat(
            Stream.of("pkcs11-tool", "--module", MODULE, "--token-label", label, "--login"),
            Stream.concat(Stream.of("--pin", PIN), Arrays.stream(command)));
    return run(line.toArray());
  }

  /** Any tool that uses these tokens; it must succeed. */
  public String run(Object... command) throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(Arrays.stream(command).map(Object::toString).toList())
            .redirectErrorStream(true);
    builder.environment().put("SOFTHSM2_CONF", configuration().toString());
    var process = builder.start();
    process.getOutputStream().close();
    String words = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), () -> Arrays.toString(command) + "\n" + words);
    return words;
  }

  /** A module that writes each call down before SoftHSM2 gets it; to one file for all tests. */
  public String spy() throws IOException {
    if (spyLog == null) {
      spyLog = Files.createTempFile("pkcs11-spy", ".log");
      spyLog.toFile().deleteOnExit();
      assertEquals(0, LIBC.setenv("PKCS11SPY", MODULE, 1));
      assertEquals(0, LIBC.setenv("PKCS11SPY_OUTPUT", spyLog.toString(), 1));
    }
    spyFrom = Files.size(spyLog);
    return SPY;
  }

  /** How often a function was called through {@link #spy} since that was asked for. */
  public long calls(String function) throws IOException {
    return spied().filter(line -> line.matches("[0-9]+: " + function)).count();
  }

  /** How often a mechanism began a signature there. */
  public long used(String mechanism) throws IOException {
    return spied()
        .filter(line -> line.matches(".*pMechanism->type *= *" + mechanism + " *"))
        .count();
  }

  private Stream<String> spied() throws IOException {
    try (var in = Files.newInputStream(requireNonNull(spyLog))) {
      in.skipNBytes(spyFrom);
      return new String(in.readAllBytes(), UTF_8).lines();
    }
  }
}
