// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.ModuleCompression;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Outputs;
import dev.trustme.sign.ModuleResult.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
        List.of("a/b/one.ko", "a/two.ko.xz"), results.stream().map(ModuleResult::name).toList());
    assertVerifies(read("a/b/one.ko"));
    assertVerifies(ModuleCompression.XZ_LZMA2.decompress(read("a/two.ko.xz")));
  }

  @Test
  void followsALinkThatIsNamed() throws Exception {
    Files.write(in.resolve("one.ko"), module.toArray());
    var link = Files.createSymbolicLink(folder.resolve("link"), in.getFileName());
    assertEquals(List.of("one.ko"), sign(link).stream().map(ModuleResult::name).toList());
  }

  @Test
  void replacesASignature() throws Exception {
    Files.copy(VECTOR.resolve("module.signed.ko"), in.resolve("m.ko"));
    assertEquals(Kind.REPLACED, sign(in).getFirst().kind());
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
  void tellsAllThatCannotBeSignedAndNamesTheFiles() throws Exception {
    Files.writeString(in.resolve("bad.ko"), "PK\u0003\u0004");
    Files.writeString(in.resolve("short.ko"), "");
    Files.write(in.resolve("good.ko"), module.toArray());
    var outcome = run(in, new ModuleWork.Sign(new Pkcs7Signer(TestKeys.rsa()), false, true));
    assertEquals(1, outcome.results().size());
    assertEquals(
        List.of("bad.ko", "short.ko"),
        outcome.failures().stream().map(f -> f.item().name()).toList());
    outcome
        .failures()
        .forEach(f -> assertTrue(f.cause().toString().contains(f.item().name()), f.toString()));
    assertFalse(Files.exists(out.resolve("bad.ko")));
  }

  @Test
  void leavesWhatThisKeySignedAndWhatAnotherSigned() throws Exception {
    Files.write(in.resolve("a.ko"), module.toArray());
    var work = new ModuleWork.Sign(new Pkcs7Signer(TestKeys.rsa()), false, true);
    run(in, work);
    Files.copy(out.resolve("a.ko"), in.resolve("b.ko"));
    Files.copy(VECTOR.resolve("module.signed.ko"), in.resolve("c.ko"));
    assertEquals(
        List.of(Kind.SIGNED, Kind.ALREADY_SIGNED, Kind.SKIPPED),
        run(in, work).results().stream().map(ModuleResult::kind).toList());
    assertEquals(read("a.ko"), read("b.ko"));
    assertEquals(Bytes.copyOf(Files.readAllBytes(in.resolve("c.ko"))), read("c.ko"));
  }

  @Test
  void refusesOwnSignaturesThatDoNotFit() throws Exception {
    Files.write(in.resolve("a.ko"), module.toArray());
    var signer = new Pkcs7Signer(TestKeys.rsa());
    run(in, new ModuleWork.Sign(signer, false, true));
    byte[] changed = Files.readAllBytes(out.resolve("a.ko"));
    changed[70] ^= 1;
    Files.write(in.resolve("a.ko"), changed);
    var refused = run(in, new ModuleWork.Sign(signer, false, true)).failures().getFirst();
    assertTrue(refused.cause().toString().contains("changed after it was signed"));
    var replaced = run(in, new ModuleWork.Sign(signer, true, true)).results().getFirst();
    assertEquals(Kind.REPLACED, replaced.kind());
    assertVerifies(read("a.ko"));
  }

  @Test
  void stripsWhatIsSigned() throws Exception {
    Files.copy(VECTOR.resolve("module.signed.ko"), in.resolve("m.ko"));
    Files.write(in.resolve("n.ko.zst"), ModuleCompression.ZSTD.compress(module).toArray());
    assertEquals(
        List.of(Kind.STRIPPED, Kind.UNSIGNED),
        run(in, new ModuleWork.Strip()).results().stream().map(ModuleResult::kind).toList());
    assertEquals(module, read("m.ko"));
  }

  @Test
  void inPlaceKeepsTheModeAndLeavesUnchangedFilesAlone() throws Exception {
    Path file = Files.write(in.resolve("m.ko"), module.toArray());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Path other = Files.copy(VECTOR.resolve("module.signed.ko"), in.resolve("other.ko"));
    var before = Files.readAttributes(other, "unix:ino").get("ino");
    try (var place = new ModuleOutput.InPlace()) {
      var work = new ModuleWork.Sign(new Pkcs7Signer(TestKeys.rsa()), false, true);
      new ModuleBatch(work, place, 2).run(ModuleTree.of(List.of(in)), done -> {});
      assertEquals(module, Bytes.copyOf(Files.readAllBytes(file)));
      for (var staged : place.pending()) {
        staged.commit();
      }
    }
    assertVerifies(Bytes.copyOf(Files.readAllBytes(file)));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(before, Files.readAttributes(other, "unix:ino").get("ino"));
    try (var entries = Files.list(in)) {
      assertEquals(2, entries.count());
    }
  }

  private List<ModuleResult> sign(Path path) throws Exception {
    return run(path, new ModuleWork.Sign(new Pkcs7Signer(TestKeys.rsa()), true, true)).results();
  }

  private ModuleBatch.Outcome run(Path path, ModuleWork work) throws Exception {
    try (var target = new ModuleOutput.Folder(Outputs.stageFolder(out, true))) {
      var outcome = new ModuleBatch(work, target, 2).run(ModuleTree.of(List.of(path)), done -> {});
      for (var pending : target.pending()) {
        pending.commit();
      }
      return outcome;
    }
  }

  private static void assertVerifies(Bytes signed) throws Exception {
    assertTrue(ModuleSignature.parse(signed).verify(TestKeys.rsa().chain()).accepted());
  }

  private Bytes read(String name) throws Exception {
    return Bytes.copyOf(Files.readAllBytes(out.resolve(name)));
  }
}
