// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModuleBatchTest {
  private static final Path VECTOR =
      Path.of("../attestation-verifier/src/test/resources/dev/trustme/artifact/sign-file");

  @TempDir Path folder;
  private Path in;
  private Path out;
  private Bytes module;

  @BeforeEach
  void prepare() throws Exception {
    in = Files.createDirectory(folder.resolve("in"));
    out = Files.createDirectory(folder.resolve("out"));
    module = Bytes.copyOf(Files.readAllBytes(VECTOR.resolve("module.ko")));
  }

  @Test
  void keepsPathsAndForms() throws Exception {
    Files.createDirectories(in.resolve("a/b"));
    Files.write(in.resolve("a/b/one.ko"), module.toArray());
    var packed = ModuleCompression.XZ_LZMA2.compress(module);
    Files.write(in.resolve("a/two.ko.xz"), packed.toArray());
    Files.writeString(in.resolve("a/modules.dep"), "no module");
    Files.createSymbolicLink(in.resolve("build"), Path.of("/"));
    var results = sign(in);
    assertEquals(
        List.of("a/b/one.ko", "a/two.ko.xz"),
        results.stream().map(ModuleBatch.Result::name).toList());
    assertVerifies(read("a/b/one.ko"));
    assertVerifies(ModuleCompression.XZ_LZMA2.decompress(read("a/two.ko.xz")));
  }

  @Test
  void replacesASignature() throws Exception {
    Files.copy(VECTOR.resolve("module.signed.ko"), in.resolve("m.ko"));
    assertTrue(sign(in).getFirst().signedBefore());
    assertEquals(module, ModuleSignature.parse(read("m.ko")).module());
    assertVerifies(read("m.ko"));
  }

  @ParameterizedTest
  @EnumSource
  void compressedFormsComeBack(ModuleCompression form) throws Exception {
    var file = form.compress(module);
    assertEquals(module, form.decompress(file));
    assertEquals(file, form.compress(module));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void refusesDamagedAndTrailingBytes(ModuleCompression form) {
    var file = form.compress(module);
    var cut = file.slice(0, file.size() - 5);
    assertThrows(FormatException.class, () -> form.decompress(cut));
    var twice = Bytes.concat(file, file);
    assertThrows(FormatException.class, () -> form.decompress(twice));
    var zip = Bytes.fromHex("504b0304");
    assertThrows(FormatException.class, () -> form.decompress(zip));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void toolsReadTheForms(ModuleCompression form) throws Exception {
    Files.write(folder.resolve("m"), form.compress(module).toArray());
    var tool = Map.of("GZIP", "gzip", "XZ_LZMA2", "xz", "ZSTD", "zstd").get(form.name());
    Judge.accepts(folder, "sh", "-c", tool + " -dc < m > plain");
    assertEquals(module, Bytes.copyOf(Files.readAllBytes(folder.resolve("plain"))));
  }

  @Test
  void refusesABomb() {
    var bomb = ModuleCompression.XZ_LZMA2.compress(Bytes.zeros(ModuleCompression.MAX_MODULE + 1));
    assertThrows(FormatException.class, () -> ModuleCompression.XZ_LZMA2.decompress(bomb));
  }

  @Test
  void refusesTreesWithoutModulesAndNamesTwice() throws Exception {
    assertThrows(FormatException.class, () -> ModuleTree.of(List.of(in)));
    Path one = Files.write(in.resolve("m.ko"), module.toArray());
    assertThrows(FormatException.class, () -> ModuleTree.of(List.of(in, one)));
    Path text = Files.writeString(in.resolve("notes.zip"), "x");
    assertThrows(FormatException.class, () -> ModuleTree.of(List.of(text)));
  }

  @Test
  void namesTheFileThatIsNoModule() throws Exception {
    Files.writeString(in.resolve("bad.ko"), "PK\u0003\u0004");
    var refused = assertThrows(FormatException.class, () -> sign(in));
    assertTrue(refused.toString().contains("bad.ko"), refused.toString());
    assertFalse(Files.exists(out.resolve("bad.ko")));
  }

  private List<ModuleBatch.Result> sign(Path path) throws Exception {
    var batch = new ModuleBatch(new Pkcs7Signer(TestKeys.rsa()), out);
    return batch.sign(ModuleTree.of(List.of(path)), done -> {});
  }

  private static void assertVerifies(Bytes signed) throws Exception {
    assertTrue(ModuleSignature.parse(signed).verify(TestKeys.rsa().chain()).accepted());
  }

  private Bytes read(String name) throws Exception {
    return Bytes.copyOf(Files.readAllBytes(out.resolve(name)));
  }
}
