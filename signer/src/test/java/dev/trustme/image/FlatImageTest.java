// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.trustme.bytes.FormatException;
import dev.trustme.image.TestLayout.Tar;
import dev.trustme.oci.ImageChoice;
import dev.trustme.sign.Judge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class FlatImageTest {
  @TempDir Path folder;

  /** One layer, or two with the second on top. */
  private interface Layers {
    List<Tar> make() throws IOException;
  }

  @TestFactory
  Stream<DynamicTest> refuses() {
    Map<String, Layers> cases = new TreeMap<>();
    cases.put("climbs", () -> List.of(new Tar().file("a/../../x", "")));
    cases.put("absolute", () -> List.of(new Tar().file("/etc/passwd", "")));
    cases.put(
        "through a symlink",
        () -> List.of(new Tar().symlink("d", "/etc"), new Tar().file("d/x", "")));
    cases.put(
        "through a symlink of the same layer",
        () -> List.of(new Tar().symlink("d", "/etc").file("d/x", "")));
    cases.put("hard link to nothing", () -> List.of(new Tar().link("l", "etc/passwd")));
    cases.put("hard link out", () -> List.of(new Tar().link("l", "../../etc/passwd")));
    cases.put(
        "hard link to a symlink",
        () -> List.of(new Tar().symlink("s", "/etc/passwd").link("l", "s")));
    cases.put(
        "whiteout through a symlink",
        () -> List.of(new Tar().symlink("d", "/etc"), new Tar().file("d/.wh.passwd", "")));
    cases.put("whiteout that climbs", () -> List.of(new Tar().file(".wh...", "")));
    cases.put("whiteout of nothing", () -> List.of(new Tar().file(".wh.", "")));
    cases.put("opaque root", () -> List.of(new Tar().file(".wh..wh..opq", "")));
    cases.put("block device", () -> List.of(new Tar().entry("dev/vda", TarConstants.LF_BLK, "")));
    cases.put(
        "character device", () -> List.of(new Tar().entry("dev/mem", TarConstants.LF_CHR, "")));
    cases.put("fifo", () -> List.of(new Tar().entry("pipe", TarConstants.LF_FIFO, "")));
    cases.put("twice", () -> List.of(new Tar().file("a", "1").file("a", "2")));
    cases.put(
        "twice by another spelling", () -> List.of(new Tar().file("a", "1").file("./a", "2")));
    cases.put("root as a symlink", () -> List.of(new Tar().symlink(".", "/etc")));
    cases.put("below a file", () -> List.of(new Tar().file("a", "1").file("a/b", "2")));
    cases.put("large owner", () -> List.of(new Tar().owner("d", 70000)));
    cases.put("control character", () -> List.of(new Tar().file("a\nb", "")));
    cases.put("long name", () -> List.of(new Tar().file("x".repeat(256), "")));
    return cases.entrySet().stream()
        .map(c ->
            dynamicTest(
                c.getKey(),
                () -> {
                  var layout = layout(c.getValue().make());
                  assertThrows(FormatException.class, () -> flat(layout).close());
                }));
  }

  @Test
  void laysLayersOverEachOther() throws Exception {
    var lower =
        new Tar()
            .folder("./")
            .folder("./etc/")
            .file("./etc/keep", "old")
            .file("./etc/gone", "x")
            .file("./etc/d/inner", "x")
            .file("./var/a", "x")
            .file("./var/b/c", "x")
            .file("./tool", "program", 06755)
            .link("./tool2", "./tool")
            .symlink("./link", "/etc/keep");
    var upper =
        new Tar()
            .file("etc/keep", "new")
            .file("etc/.wh.gone", "")
            .file("etc/.wh.d", "")
            .file("var/new", "y")
            .file("var/.wh..wh..opq", "");
    var tree = unpacked(layout(List.of(lower, upper)));
    assertEquals("new", Files.readString(tree.resolve("etc/keep")));
    assertFalse(Files.exists(tree.resolve("etc/gone")));
    assertFalse(Files.exists(tree.resolve("etc/d")));
    assertEquals(List.of("new"), names(tree.resolve("var")));
    assertEquals("program", Files.readString(tree.resolve("tool2")));
    assertEquals(
        Files.getAttribute(tree.resolve("tool"), "unix:ino"),
        Files.getAttribute(tree.resolve("tool2"), "unix:ino"));
    assertEquals(0755, (int) Files.getAttribute(tree.resolve("tool"), "unix:mode") & 07777);
    assertEquals("/etc/keep", Files.readSymbolicLink(tree.resolve("link")).toString());
    assertFalse(Files.exists(folder.resolve("spool")));
  }

  @Test
  void aFileReplacesADirectory() throws Exception {
    var lower = new Tar().file("a/b", "1");
    var tree = unpacked(layout(List.of(lower, new Tar().file("a", "file"))));
    assertEquals("file", Files.readString(tree.resolve("a")));
  }

  private Path layout(List<Tar> layers) throws IOException {
    var layout = new TestLayout(folder.resolve("layout" + System.nanoTime()));
    for (Tar tar : layers) {
      layout.layer(tar);
    }
    return layout.write();
  }

  private FlatImage flat(Path layout) throws IOException, FormatException {
    return FlatImage.of(SourceImage.open(layout, ImageChoice.ANY), folder.resolve("spool"));
  }

  private Path unpacked(Path layout) throws Exception {
    Path tar = folder.resolve("flat.tar");
    try (var flat = flat(layout);
        var out = Files.newOutputStream(tar)) {
      flat.writeTo(out);
    }
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Judge.accepts(tree, "tar", "-xpf", "../flat.tar");
    return tree;
  }

  private static List<String> names(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }
}
