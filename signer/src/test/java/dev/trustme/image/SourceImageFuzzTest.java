// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.FormatException;
import dev.trustme.oci.ImageChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A file that is called an image: malformed, or an image that can be sealed. */
class SourceImageFuzzTest {
  @TempDir static Path folder;

  @FuzzTest
  void check(byte[] input) throws IOException {
    Path file = Files.write(folder.resolve("image"), input);
    Path spool = folder.resolve("spool");
    try (var image = SourceImage.open(file, ImageChoice.ANY)) {
      image.check(spool);
    } catch (FormatException e) {
      // The only exception that may come out.
      return;
    } finally {
      Files.deleteIfExists(spool);
    }
  }
}
