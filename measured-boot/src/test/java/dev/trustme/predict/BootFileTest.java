// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.TestPe;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BootFileTest {
  private static final String USUAL =
      """
      schema: trustme/boot/1
      firmware: {pk: PK.esl, kek: KEK.esl, db: db.esl}
      phases: [kernel, 'enter-initrd:leave-initrd']
      paths:
        - name: slot-a
          boot: [{uki: boot.efi, verified-by: db.pem}]
        - name: slot-a-retried
          refused-options: [{}, {verified-by: db.pem}]
          boot: [{uki: boot.efi}]
        - name: rescue
          boot:
            - {systemd-boot: loader.efi}
            - {kernel: vmlinuz, entry: rescue.conf, initrds: [initrd.img]}
      """;

  private static final String PEM =
      "-----BEGIN CERTIFICATE-----\nY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n";

  private final Map<String, Bytes> files = new HashMap<>();

  BootFileTest() {
    var boot = TestBoot.usual();
    files.put("PK.esl", boot.variables().pk());
    files.put("KEK.esl", boot.variables().kek());
    files.put("db.esl", boot.variables().db());
    files.put("db.pem", Bytes.utf8(PEM));
    files.put("boot.efi", TestPe.signed(boot.image().build()));
    files.put("vmlinuz", TestPe.signed(TestPe.small()));
    files.put("initrd.img", Bytes.utf8("initrd"));
    files.put("rescue.conf", Bytes.utf8("linux /vmlinuz\ninitrd /initrd.img\noptions quiet\n"));
    var magic = "#### LoaderInfo: systemd-boot 252.39 ####\0";
    files.put("loader.efi", TestPe.signed(new TestPe().section(".sdmagic", magic).build()));
  }

  private List<Prediction> predict(String text) throws IOException, FormatException {
    var boot = BootFile.parse(Bytes.utf8(text)).read(this::file);
    return Prediction.of(boot, Set.of(HashAlgorithm.SHA256));
  }

  private java.nio.ByteBuffer file(String name) throws IOException {
    var content = files.get(name);
    if (content == null) {
      throw new NoSuchFileException(name);
    }
    return content.buffer();
  }

  private void assertMalformed(String problem, String text) {
    var refused = assertThrows(FormatException.class, () -> predict(text)).toString();
    assertTrue(refused.contains(problem), refused);
  }

  private void assertMalformed(String problem, String what, String instead) {
    assertTrue(USUAL.contains(what), what);
    assertMalformed(problem, USUAL.replace(what, instead));
  }

  @Test
  void everyPathComesWithEveryPhase() throws IOException, FormatException {
    var predictions = predict(USUAL);
    assertEquals(
        List.of(
            "slot-a kernel",
            "slot-a enter-initrd:leave-initrd",
            "slot-a-retried kernel",
            "slot-a-retried enter-initrd:leave-initrd",
            "rescue kernel",
            "rescue enter-initrd:leave-initrd"),
        predictions.stream().map(p -> p.path() + " " + p.phase()).toList());
    var kernel = predictions.getFirst();
    var later = predictions.get(1);
    for (int pcr : List.of(4, 7, 9, 12)) {
      assertEquals(kernel.pcr(pcr), later.pcr(pcr));
    }
    var value = kernel.pcr(11).value(HashAlgorithm.SHA256);
    for (String word : List.of("enter-initrd", "leave-initrd")) {
      value = value.extend(HashAlgorithm.SHA256.digest(Bytes.utf8(word)));
    }
    assertEquals(value, later.pcr(11).value(HashAlgorithm.SHA256));
  }

  @Test
  void jsonIsADescriptionToo() throws IOException, FormatException {
    var json =
        "{\"schema\":\"trustme/boot/1\",\"firmware\":{\"pk\":\"PK.esl\",\"kek\":\"KEK.esl\","
            + "\"db\":\"db.esl\"},\"paths\":[{\"name\":\"slot-a\",\"boot\":[{\"uki\":\"boot.efi\"}]}]}";
    assertEquals(predict(USUAL).getFirst().pcrs(), predict(json).getFirst().pcrs());
  }

  @Test
  void refusesWhatIsNotADescription() {
    assertMalformed("schema", "boot/1", "boot/2");
    assertMalformed("Unrecognized field", "refused-options", "refused-option");
    assertMalformed("expected variables (a variable store), or pk, kek and db", "pk: PK.esl, ", "");
    assertMalformed("or pk, kek and db", "pk: PK.esl", "variables: vars.fd, pk: PK.esl");
    assertMalformed("a step names one of", "{systemd-boot: loader.efi}", "{}");
    assertMalformed(
        "a step names one of", "{systemd-boot: loader.efi}", "{uki: boot.efi, shim: x.efi}");
    assertMalformed("belong to a kernel", "{uki: boot.efi}", "{uki: boot.efi, entry: x.conf}");
    assertMalformed("either entry or load-options", "entry: rescue.conf, ", "");
    assertMalformed("expected words joined by colons", "[kernel,", "['Kernel',");
    assertMalformed("comes twice", "[kernel,", "[kernel, kernel,");
    assertMalformed("comes twice", "name: rescue", "name: slot-a");
    assertMalformed("65 refused options", "[{}, {v", "[" + "{}, ".repeat(64) + "{v");
    assertMalformed("path name", "name: rescue", "name: Rescue me");
    assertMalformed(
        "paths: expected 1 to 256, found 0",
        "{schema: trustme/boot/1, firmware: {variables: x}, paths: []}");
    assertMalformed("is missing", "schema: trustme/boot/1\n");
  }

  @Test
  void errorsNameTheFileTheyAreIn() {
    files.put("boot.efi", Bytes.utf8("not a program"));
    assertMalformed("boot.efi: MS-DOS header", USUAL);
    files.put("boot.efi", TestPe.signed(TestBoot.usual().image().build()));
    files.put("rescue.conf", Bytes.utf8("linux /vmlinuz\nefi /x.efi\n"));
    assertMalformed("rescue.conf: loader entry at offset 0 (0x0): line 2: key 'efi'", USUAL);
    files.remove("initrd.img");
    assertThrows(IOException.class, () -> predict(USUAL));
  }

  @Test
  void aCertificateIsDerOrPem() throws FormatException {
    assertEquals(Bytes.utf8("certificate"), CertificateFile.der(Bytes.utf8(PEM)));
    assertEquals(Bytes.fromHex("3000"), CertificateFile.der(Bytes.fromHex("3000")));
    for (String text : List.of("", "x", PEM + PEM, PEM.replace("Y2Vy", "Y2V"))) {
      assertThrows(FormatException.class, () -> CertificateFile.der(Bytes.utf8(text)), text);
    }
  }

  @Test
  void anEntryIsReadAsTheLoaderReadsIt() throws FormatException {
    var entry =
        LoaderEntry.parse(
            Bytes.utf8(
                "# a comment\n\ntitle  X\nlinux /a/vmlinuz\ninitrd\t/i\noptions a  b \noptions c\n"));
    assertEquals("initrd=\\i a  b c", entry.loadOptions());
    for (String text :
        List.of(
            "",
            "linux vmlinuz",
            "linux /a\nlinux /b",
            "linux /a\ndevicetree /b",
            "linux /a\noptions größe",
            "linux /a b")) {
      assertThrows(FormatException.class, () -> LoaderEntry.parse(Bytes.utf8(text)), text);
    }
  }
}
