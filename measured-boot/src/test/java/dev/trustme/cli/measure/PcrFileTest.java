// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.SoftwareTpm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PCR values in the forms that tools write them in. */
class PcrFileTest {
  @TempDir private Path folder = Path.of("");

  private List<PcrFile.Value> read(String name, String text) throws IOException, FormatException {
    return PcrFile.read(Files.writeString(folder.resolve(name), text));
  }

  @Test
  void readsTheFilesOfTpm2Tools() throws IOException, InterruptedException, FormatException {
    try (var tpm = SoftwareTpm.start(folder)) {
      var measured = HashAlgorithm.SHA256.digest(Bytes.utf8("measured"));
      tpm.run("tpm2_pcrextend", "7:sha256=" + measured.hex());
      String all = "sha256:0,1,2,3,4,5,6,7,8,17+sha1:1,23";
      String text = tpm.run("tpm2_pcrread", all, "-F", "serialized", "-o", "read.bin");
      var values = PcrFile.read(tpm.file("read.bin"));
      assertEquals(12, values.size());
      var seven = Digest.zero(HashAlgorithm.SHA256).extend(measured);
      assertTrue(values.contains(new PcrFile.Value(7, seven)));
      assertEquals(read("printed.txt", text), values);
      tpm.run("tpm2_createek", "-c", "ek.ctx", "-G", "ecc");
      tpm.run("tpm2_createak", "-C", "ek.ctx", "-c", "ak.ctx", "-G", "ecc", "-g", "sha256");
      tpm.flush();
      tpm.run("tpm2_quote", "-c", "ak.ctx", "-l", all, "-o", "quoted.bin", "-m", "m", "-s", "s");
      assertEquals(values, PcrFile.read(tpm.file("quoted.bin")));
    }
  }

  @Test
  void readsOurOwnJson() throws IOException, FormatException {
    var zero = Digest.zero(HashAlgorithm.SHA384);
    String json =
        "{\"schema\":\"trustme/pcr-values/1\",\"bank\":\"%s\",\"pcrs\":{\"%d\":\"" + zero + "\"}}";
    assertEquals(
        List.of(new PcrFile.Value(7, zero)), read("own.json", json.formatted("sha384", 7)));
    for (String wrong : List.of(json.formatted("sha256", 7), json.formatted("sha384", 24))) {
      assertThrows(FormatException.class, () -> read("wrong.json", wrong));
    }
  }

  private static Bytes serialized(int count, int select, int lists, int digests, int size) {
    var out = BinaryWriter.littleEndian().u32(count).u16(0x0b).u8(3).u8(select).zeros(4);
    out.zeros(15 * 8).u32(lists).u32(digests);
    for (int i = 0; i < 8; i++) {
      out.u16(i == 0 ? size : 0).zeros(64);
    }
    return out.toBytes();
  }

  private String problem(Bytes content) throws IOException {
    Path file = Files.write(folder.resolve("bad.bin"), content.toArray());
    return assertThrows(FormatException.class, () -> PcrFile.read(file)).problem();
  }

  @Test
  void refusesBinaryFilesThatContradictThemselves() throws IOException, FormatException {
    Path good = Files.write(folder.resolve("good.bin"), serialized(1, 1, 1, 1, 32).toArray());
    assertEquals(1, PcrFile.read(good).size());
    assertTrue(problem(serialized(17, 1, 1, 1, 32)).contains("17 selections"));
    assertTrue(problem(serialized(1, 3, 1, 1, 32)).contains("1 values for 2 selected PCRs"));
    assertTrue(problem(serialized(1, 1, 1, 9, 32)).contains("9 digests in a list"));
    assertTrue(problem(serialized(1, 1, 1, 1, 20)).contains("with 20 bytes"));
    assertTrue(problem(serialized(1, 1, 1, 1, 65)).contains("a digest of 65 bytes"));
    assertTrue(problem(serialized(1, 1, 2, 1, 32)).contains("need 4 bytes"));
    assertTrue(problem(serialized(1, 0, 1, 0, 0)).contains("holds no PCR value"));
    assertTrue(
        problem(Bytes.concat(serialized(1, 1, 1, 1, 32), Bytes.zeros(1))).contains("1 bytes"));
  }
}
