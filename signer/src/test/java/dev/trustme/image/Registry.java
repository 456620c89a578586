// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.oci.FolderFiles;
import dev.trustme.oci.LayoutFile;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.oci.OciIndex;
import dev.trustme.oci.OciManifest;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/** A registry of Debian's package docker-registry on the loopback interface. */
final class Registry implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final String host;

  private Registry(Process process, String host) {
    this.process = process;
    this.host = host;
  }

  static Registry start(Path folder) throws IOException, InterruptedException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path config =
        Files.writeString(
            folder.resolve("registry.yml"),
            """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: %s}}
            http: {addr: "127.0.0.1:%d"}
            """
                .formatted(folder.resolve("registry"), port));
    var process =
        new ProcessBuilder("docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("registry.log").toFile())
            .start();
    var registry = new Registry(process, "127.0.0.1:" + port);
    for (int i = 0; i < 100; i++) {
      try {
        if (registry.get("", "*/*").statusCode() == 200) {
          return registry;
        }
      } catch (ConnectException e) {
        Thread.sleep(50);
      }
    }
    registry.close();
    throw new IOException("the registry did not start");
  }

  /** Where images lie: a reference without a tag. */
  String name(String repository) {
    return host + "/" + repository;
  }

  /** Pushes everything in a layout's index under its tag, or its digest where it has none. */
  void push(Path layout, String repository)
      throws IOException, InterruptedException, FormatException {
    var files = new FolderFiles(layout);
    for (var entry : LayoutFile.index(files).manifests()) {
      pushManifest(files, repository, entry, entry.tag().orElse(entry.digest().toString()));
    }
  }

  private void pushManifest(FolderFiles files, String repository, OciDescriptor entry, String as)
      throws IOException, InterruptedException, FormatException {
    var content = files.blob(entry);
    if (entry.mediaType().equals(OciDescriptor.INDEX)) {
      for (var child : OciIndex.parse(content).manifests()) {
        pushManifest(files, repository, child, child.digest().toString());
      }
    } else {
      var manifest = OciManifest.parse(content);
      pushBlob(files, repository, manifest.config());
      for (var layer : manifest.layers()) {
        pushBlob(files, repository, layer);
      }
    }
    var put =
        HttpRequest.newBuilder(uri(repository + "/manifests/" + as))
            .header("Content-Type", entry.mediaType())
            .PUT(HttpRequest.BodyPublishers.ofByteArray(content.toArray()))
            .build();
    require(201, HTTP.send(put, HttpResponse.BodyHandlers.ofString()));
  }

  private void pushBlob(FolderFiles files, String repository, OciDescriptor blob)
      throws IOException, InterruptedException, FormatException {
    var begin =
        HttpRequest.newBuilder(uri(repository + "/blobs/uploads/"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    var begun = HTTP.send(begin, HttpResponse.BodyHandlers.ofString());
    require(202, begun);
    String location = begun.headers().firstValue("Location").orElseThrow();
    String target = location + (location.contains("?") ? "&" : "?") + "digest=" + blob.digest();
    var put =
        HttpRequest.newBuilder(URI.create(target))
            .PUT(HttpRequest.BodyPublishers.ofByteArray(files.blob(blob).toArray()))
            .build();
    require(201, HTTP.send(put, HttpResponse.BodyHandlers.ofString()));
  }

  /** A manifest as the registry gives it. */
  Bytes manifest(String repository, String tag, String mediaType)
      throws IOException, InterruptedException {
    return body(get(repository + "/manifests/" + tag, mediaType));
  }

  Bytes blob(String repository, OciDescriptor blob) throws IOException, InterruptedException {
    return body(get(repository + "/blobs/" + blob.digest(), "*/*"));
  }

  private static Bytes body(HttpResponse<byte[]> response) throws IOException {
    if (response.statusCode() != 200) {
      throw new IOException(response.uri() + ": " + response.statusCode());
    }
    return Bytes.copyOf(response.body());
  }

  private HttpResponse<byte[]> get(String path, String accept)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(uri(path)).header("Accept", accept).build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  private URI uri(String path) {
    return URI.create("http://" + host + "/v2/" + path);
  }

  private static void require(int status, HttpResponse<String> response) throws IOException {
    if (response.statusCode() != status) {
      throw new IOException(response.uri() + ": " + response.statusCode() + " " + response.body());
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
