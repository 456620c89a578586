// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.cli.Launcher;
import dev.trustme.cli.verify.VerifyMain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code verify artifact} over what {@code sign} wrote. */
class VerifyArtifactTest {
  @TempDir static Path folder;
  private static Workshop shop;

  @BeforeAll
  static void signEverything() throws Exception {
    shop = new Workshop(folder).sign();
  }

  @ParameterizedTest
  @CsvSource({
    "boot.efi, uefi, --vars, vars.fd",
    "boot.efi, uefi, --cert, pki/certs/boot.pem",
    "boot.efi, uefi, --cert, pki/certs/software-signing.pem",
    "modules-signed/net/m.ko, module, --cert, pki/certs/boot.pem",
    "web.sealed, device, --roots, pki/certs/software-root.pem"
  })
  void accepts(String file, String as, String option, String trust) {
    assertEquals(0, verify(file, as, option, trust));
  }

  @ParameterizedTest
  @CsvSource({
    "kernel, uefi, --vars, vars.fd",
    "boot.efi, uefi, --cert, pki/certs/module.pem",
    "modules/net/m.ko, module, --cert, pki/certs/boot.pem",
    "modules-signed/net/m.ko, module, --cert, pki/certs/module.pem",
    "web.sealed, device, --roots, pki/certs/customer-root.pem"
  })
  void rejects(String file, String as, String option, String trust) {
    assertEquals(1, verify(file, as, option, trust));
  }

  @ParameterizedTest
  @CsvSource({
    "boot.efi, 1200, boot.efi, uefi, --vars, vars.fd",
    "modules-signed/net/m.ko, 80, modules-signed/net/m.ko, module, --cert, pki/certs/boot.pem",
    "web.sealed/IMAGE, 3000, web.sealed, device, --roots, pki/certs/software-root.pem"
  })
  void rejectsOneChangedByte(
      String changed, int at, String file, String as, String option, String trust)
      throws Exception {
    shop.flip(changed, at);
    try {
      assertEquals(1, verify(file, as, option, trust));
    } finally {
      shop.flip(changed, at);
    }
    assertEquals(0, verify(file, as, option, trust));
  }

  @ParameterizedTest
  @CsvSource({
    "4, missing, uefi, --vars, vars.fd",
    "3, zip, uefi, --vars, vars.fd",
    "3, empty, uefi, --vars, vars.fd",
    "3, boot.efi, uefi, --vars, zip",
    "4, boot.efi, uefi, --vars, missing",
    "3, zip, module, --cert, pki/certs/boot.pem",
    "3, boot.efi, device, --roots, pki/certs/software-root.pem",
    "4, root, device, --roots, pki/certs/software-root.pem",
    "2, boot.efi, uefi, --roots, pki/certs/software-root.pem",
    "2, boot.efi, kernel, --cert, pki/certs/boot.pem"
  })
  void refuses(int code, String file, String as, String option, String trust) {
    assertEquals(code, verify(file, as, option, trust));
  }

  @Test
  void aContainerPastItsEndIsNotInstalled() {
    List<String> command =
        command("web.sealed", "device", "--roots", "pki/certs/software-root.pem");
    command.set(command.size() - 1, "2028-01-01T00:00:00Z");
    assertEquals(1, Launcher.run(new VerifyMain(), command.toArray(String[]::new)));
  }

  /** One bad file stops no other, and the worst of them is the exit code. */
  @ParameterizedTest
  @CsvSource({
    "0, modules-signed/net/m.ko, modules-signed/net/m.ko",
    "1, modules/net/m.ko, modules-signed/net/m.ko",
    "3, modules/net/m.ko, zip",
    "4, missing, zip"
  })
  void judgesEveryFile(int code, String first, String second) {
    List<String> command = command(first, "module", "--cert", "pki/certs/boot.pem");
    command.add(shop.path(second));
    assertEquals(code, Launcher.run(new VerifyMain(), command.toArray(String[]::new)));
  }

  private static int verify(String file, String as, String option, String trust) {
    return Launcher.run(new VerifyMain(), command(file, as, option, trust).toArray(String[]::new));
  }

  private static List<String> command(String file, String as, String option, String trust) {
    return new ArrayList<>(
        List.of(
            "artifact",
            shop.path(file),
            "--as",
            as,
            option,
            shop.path(trust),
            "-q",
            "--at",
            Workshop.AT));
  }
}
