// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.oci;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import java.io.IOException;

/** {@code oci-layout}: OCI Image Format 1.1, "Image Layout Specification". */
public record LayoutFile(@JsonProperty("imageLayoutVersion") String imageLayoutVersion) {
  public static final String NAME = "oci-layout";
  public static final String INDEX_NAME = "index.json";

  private static final String VERSION = "1.0.0";

  public LayoutFile {
    if (!imageLayoutVersion.equals(VERSION)) {
      throw new IllegalArgumentException(
          "imageLayoutVersion: expected %s, found %s".formatted(VERSION, imageLayoutVersion));
    }
  }

  public static Bytes content() {
    return Json.write(new LayoutFile(VERSION));
  }

  /** The index of a layout. */
  public static OciIndex index(OciFiles files) throws IOException, FormatException {
    try {
      Json.read(files.document(NAME), LayoutFile.class, "OCI layout");
    } catch (FormatException e) {
      throw e.in(files.path(NAME));
    }
    try {
      return OciIndex.parse(files.document(INDEX_NAME));
    } catch (FormatException e) {
      throw e.in(files.path(INDEX_NAME));
    }
  }
}
