// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.FormatException;
import dev.trustme.image.TestLayout.Tar;
import dev.trustme.oci.ImageChoice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OciLayoutTest {
  @TempDir Path folder;
  private Path layout;
  private String index;

  @BeforeEach
  void write() throws IOException {
    layout = new TestLayout(folder.resolve("layout")).layer(new Tar().file("a", "text")).write();
    index = Files.readString(layout.resolve("index.json"));
  }

  @Test
  void readsALayout() throws Exception {
    var image = SourceImage.open(layout, ImageChoice.ANY);
    assertEquals("linux/amd64", image.platform().orElseThrow());
    assertEquals(List.of("/bin/sh"), image.defaults().args());
    assertEquals(1, image.layers().size());
  }

  @Test
  void choosesByTag() throws Exception {
    String entry = entry();
    String tagged =
        entry.replace("}", ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"v2\"}}");
    index(entry + "," + tagged);
    assertEquals(1, SourceImage.open(layout, tagged("v2")).layers().size());
    refused("expected one manifest");
    index(tagged + "," + tagged);
    assertThrows(FormatException.class, () -> SourceImage.open(layout, tagged("v2")));
  }

  @Test
  void refusesAManifestChangedUnderItsName() throws Exception {
    replace(blob("schemaVersion"), "\"layers\"", "\"layerz\"");
    refused("digest");
  }

  @Test
  void refusesAnotherSize() throws Exception {
    index(entry().replaceAll("\"size\":(\\d)", "\"size\":1$1"));
    refused("size");
  }

  @Test
  void refusesAConfigurationChangedUnderItsName() throws Exception {
    replace(blob("rootfs"), "amd64", "arm64");
    refused("digest");
  }

  @Test
  void refusesALayerChangedUnderItsName() throws Exception {
    Path blob = blob("\u001f");
    byte[] content = Files.readAllBytes(blob);
    content[content.length - 1] ^= 1;
    Files.write(blob, content);
    var image = SourceImage.open(layout, ImageChoice.ANY);
    var refused =
        assertThrows(
            FormatException.class, () -> FlatImage.of(image, folder.resolve("spool")).close());
    assertTrue(refused.problem().contains("digest"), refused.problem());
  }

  @Test
  void refusesForeignContentAndIndexesInIndexes() throws Exception {
    index(entry().replace("}", ",\"urls\":[\"https://example.org/x\"]}"));
    refused("urls");
    index(entry().replace("manifest.v1", "index.v1"));
    refused("manifests");
    Files.writeString(
        layout.resolve("index.json"),
        index.replace("\"schemaVersion\"", "\"layers\":[],\"schemaVersion\""));
    refused("layers");
  }

  @Test
  void refusesADigestThatIsAPath() throws Exception {
    index(entry().replaceAll("sha256:[0-9a-f]+", "sha256:../../../../etc/passwd"));
    refused("digest");
  }

  @Test
  void refusesDuplicateKeys() throws Exception {
    Files.writeString(
        layout.resolve("index.json"), index.replace("{\"schema", "{\"schemaVersion\":2,\"schema"));
    refused("schemaVersion");
  }

  private static ImageChoice tagged(String tag) {
    return new ImageChoice(Optional.of(tag), Optional.empty());
  }

  private void refused(String problem) {
    var refused =
        assertThrows(FormatException.class, () -> SourceImage.open(layout, ImageChoice.ANY));
    String said = String.valueOf(refused.getMessage());
    assertTrue(said.contains(problem), said);
  }

  private String entry() {
    return index.substring(index.indexOf('[') + 1, index.lastIndexOf(']'));
  }

  private void index(String entries) throws IOException {
    Files.writeString(layout.resolve("index.json"), TestLayout.index(entries));
  }

  private Path blob(String holding) throws IOException {
    try (var blobs = Files.list(layout.resolve("blobs/sha256"))) {
      return blobs.filter(b -> text(b).contains(holding)).findFirst().orElseThrow();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void replace(Path file, String from, String to) throws IOException {
    Files.writeString(file, Files.readString(file).replace(from, to));
  }
}
