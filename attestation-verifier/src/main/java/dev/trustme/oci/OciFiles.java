// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.oci;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;

/**
 * The files of an image, by names without a leading slash. What is read is what lies there: no link
 * is followed.
 */
public interface OciFiles extends AutoCloseable {
  /** Most bytes of an index, manifest or configuration. */
  int MAX_DOCUMENT = 4 << 20;

  /** How errors name the file. */
  String path(String name);

  boolean has(String name) throws IOException;

  /** Bytes of the file; one that is missing, or is no file, is malformed. */
  long size(String name) throws IOException, FormatException;

  /** The file's content, to be closed. */
  InputStream open(String name) throws IOException, FormatException;

  /** A whole document. */
  default Bytes document(String name) throws IOException, FormatException {
    try (var in = open(name)) {
      byte[] content = in.readNBytes(MAX_DOCUMENT + 1);
      if (content.length > MAX_DOCUMENT) {
        throw new FormatException("OCI document", 0, "larger than " + MAX_DOCUMENT + " bytes")
            .in(path(name));
      }
      return Bytes.copyOf(content);
    }
  }

  /** A document that is what its descriptor says, to the last byte. */
  default Bytes blob(OciDescriptor descriptor) throws IOException, FormatException {
    String name = blobName(descriptor);
    var content = document(name);
    try {
      descriptor.require(content);
    } catch (FormatException e) {
      throw e.in(path(name));
    }
    return content;
  }

  /** Refuses a file that is not the described one, to the last byte; of any size. */
  default void requireBlob(OciDescriptor descriptor) throws IOException, FormatException {
    String name = blobName(descriptor);
    long size = size(name);
    if (size != descriptor.size()) {
      throw new FormatException(
              "OCI blob", 0, "size %d, expected %d".formatted(size, descriptor.size()))
          .in(path(name));
    }
    try (var in = new DigestInputStream(open(name), descriptor.digest().algorithm().newDigest())) {
      in.transferTo(OutputStream.nullOutputStream());
      var seen = Bytes.copyOf(in.getMessageDigest().digest());
      if (!seen.equals(descriptor.digest().value())) {
        throw new FormatException("OCI blob", 0, "digest %s, expected its name".formatted(seen))
            .in(path(name));
      }
    }
  }

  /** Refuses a manifest of which a blob is missing, or is not the described one. */
  default void requireComplete(OciDescriptor manifest) throws IOException, FormatException {
    var content = blob(manifest);
    OciManifest parsed;
    try {
      parsed = OciManifest.parse(content);
    } catch (FormatException e) {
      throw e.in(path(blobName(manifest)));
    }
    requireBlob(parsed.config());
    for (var layer : parsed.layers()) {
      requireBlob(layer);
    }
  }

  /** A digest is an algorithm and hex: its parts are safe as names. */
  static String blobName(OciDescriptor descriptor) {
    var digest = descriptor.digest();
    return "blobs/" + digest.algorithm().label() + "/" + digest.hex();
  }

  @Override
  void close() throws IOException;
}
