// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import dev.trustme.bytes.Bytes;
import dev.trustme.issue.CertificatePlan;
import dev.trustme.issue.CertificatePlan.Kind;
import dev.trustme.issue.CertificatePlan.Validity;
import dev.trustme.issue.CertificationRequest;
import dev.trustme.issue.Issuer;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.lint.CertificateLint;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

/** Times the issuing of device certificates: {@code Pki.java TRUSTME REQUESTS RUNS}. */
public class Pki {
  private static final String PROFILE =
      """
      schema: trustme/profile/1
      subject: {country: DE, organization: Bench}
      authorities:
        root:   {key: ec-p384, years: 20, path-length: 1}
        device: {issuer: root, key: ec-p256, years: 10, path-length: 0, issues: [device, enrolment, attestation-key]}
      roles:
        enrolment: {issuer: device, key: ec-p256, years: 5, use: [enrolment]}
      templates:
        device: {issuer: device, years: 2, use: [device], key: [ec-p256], names: [uuid]}
      enrolment: {issuer: device, years: 5}
      """;

  /** The same certificate by openssl: a fresh process for each, as its users write it. */
  private static final String LOOP =
      """
      mkdir "$2"
      for csr in "$1"/*.csr; do
        name=${csr##*/}
        openssl x509 -req -in "$csr" -CA ca.pem -CAkey ca.key -days 700 -sha256 \\
          -copy_extensions copy -extfile ext.cnf -out "$2/${name%.csr}.pem" 2>/dev/null || exit 1
      done
      """;

  private final String trustme;
  private final Path folder;
  private final int requests;

  private Pki(String trustme, Path folder, int requests) {
    this.trustme = trustme;
    this.folder = folder;
    this.requests = requests;
  }

  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("trustme-bench");
    try {
      var bench = new Pki(args[0], folder, Integer.parseInt(args[1]));
      bench.prepare();
      bench.beside(Integer.parseInt(args[2]));
      bench.memory();
      warm();
    } finally {
      remove(folder);
    }
  }

  private void prepare() throws Exception {
    Files.writeString(folder.resolve("profile.yaml"), PROFILE);
    Files.writeString(folder.resolve("pass"), "bench\n");
    Files.writeString(folder.resolve("loop.sh"), LOOP);
    Files.writeString(
        folder.resolve("ext.cnf"),
        """
        basicConstraints = critical,CA:FALSE
        keyUsage = critical,digitalSignature
        extendedKeyUsage = clientAuth
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        """);
    run(
        List.of(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=device",
            "-days",
            "3650",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem"));
    run(
        List.of(
            trustme,
            "pki",
            "init",
            "-q",
            "--profile",
            "profile.yaml",
            "--pass-file",
            "pass",
            "-o",
            "pki"));
    write("few", 0, requests / 4);
    write("many", requests / 4, requests);
  }

  /** Requests of P-256 keys with the URI of a UUID each. */
  private void write(String name, int from, int count) throws IOException {
    Path target = Files.createDirectory(folder.resolve(name));
    IntStream.range(from, from + count)
        .parallel()
        .forEach(i -> {
          try {
            Files.writeString(target.resolve("device-%06d.csr".formatted(i)), request(i));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  private static String request(int number) throws IOException {
    try (var key = SigningKey.generate(KeyType.EC_P256)) {
      var extensions = new ExtensionsGenerator();
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              new GeneralName(
                  GeneralName.uniformResourceIdentifier, "UUID:" + new UUID(number, number))));
      var request =
          new PKCS10CertificationRequestBuilder(
                  new X500Name("CN=device " + number), key.publicKey())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
              .build(key.contentSigner());
      return "-----BEGIN CERTIFICATE REQUEST-----\n"
          + java.util.Base64.getMimeEncoder(64, new byte[] {'\n'})
              .encodeToString(request.getEncoded())
          + "\n-----END CERTIFICATE REQUEST-----\n";
    }
  }

  private List<String> ours(String requestFolder, String out) {
    return List.of(
        trustme,
        "pki",
        "sign-csr",
        "-q",
        "--pki",
        "work",
        "--template",
        "device",
        "--pass-file",
        "pass",
        requestFolder,
        "-o",
        out);
  }

  /** In turn; ours begins each time with a copy of the fresh PKI. */
  private void beside(int runs) throws Exception {
    double[] openssl = new double[runs];
    double[] trustmes = new double[runs];
    for (int run = 0; run < runs; run++) {
      remove(folder.resolve("out"));
      openssl[run] = time(List.of("sh", "loop.sh", "many", "out"));
      check("out");
      fresh();
      trustmes[run] = time(ours("many", "out"));
      check("out");
    }
    System.out.printf("%d requests, %d runs each, in turn%n", requests, runs);
    double loop = line("openssl x509 -req loop", openssl);
    double whole = line("pki sign-csr, process", trustmes);
    System.out.printf("%.1f times faster per certificate%n", loop / whole);
  }

  private void fresh() throws Exception {
    remove(folder.resolve("work"));
    remove(folder.resolve("out"));
    run(List.of("cp", "-a", "pki", "work"));
  }

  private double line(String name, double[] seconds) {
    Arrays.sort(seconds);
    double median = seconds[seconds.length / 2];
    System.out.printf(
        "%-24s median %7.2f s  (%.2f to %.2f)  %8.3f ms each%n",
        name, median, seconds[0], seconds[seconds.length - 1], median * 1000 / requests);
    return median;
  }

  /** The certificates are there, and openssl takes the first and the last. */
  private void check(String out) throws Exception {
    try (var files = Files.list(folder.resolve(out))) {
      var found = files.sorted().toList();
      if (found.size() != requests) {
        throw new IllegalStateException(found.size() + " certificates of " + requests);
      }
      for (Path file : List.of(found.getFirst(), found.getLast())) {
        run(List.of("openssl", "x509", "-in", file.toString(), "-noout"));
      }
    }
  }

  /** Peak of the resident set for a quarter of the requests, and for all. */
  private void memory() throws Exception {
    fresh();
    long few = peak(ours("few", "out"));
    fresh();
    long many = peak(ours("many", "out"));
    System.out.printf(
        "peak memory: %d MiB for %d requests, %d MiB for %d%n",
        few >> 10, requests / 4, many >> 10, requests);
  }

  private long peak(List<String> command) throws Exception {
    var process = start(command);
    long peak = 0;
    while (process.isAlive()) {
      peak = Math.max(peak, highWater(process.pid()));
      Thread.sleep(20);
    }
    require(process, command);
    return peak;
  }

  /** VmHWM in KiB; the launcher becomes the JVM by exec. */
  private static long highWater(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
          .filter(l -> l.startsWith("VmHWM:"))
          .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0; // It ended meanwhile.
    }
  }

  private double time(List<String> command) throws Exception {
    long started = System.nanoTime();
    run(command);
    return (System.nanoTime() - started) / 1e9;
  }

  private void run(List<String> command) throws Exception {
    require(start(command), command);
  }

  private Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectError(folder.resolve("err").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private void require(Process process, List<String> command) throws Exception {
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command + ": " + Files.readString(folder.resolve("err")));
    }
  }

  /** One core, warm: where the time of one certificate goes. */
  private static void warm() throws Exception {
    Instant at = Instant.parse("2026-11-22T10:14:03Z");
    var rootKey = SigningKey.generate(KeyType.EC_P256);
    var root =
        Issuer.selfSigned(
            new CertificatePlan(
                new X500Name("CN=device"),
                rootKey.publicKey(),
                Validity.years(at, 10),
                new Kind.Authority(Optional.empty())),
            rootKey);
    var plan =
        new CertificatePlan(
            new X500Name("CN=device 1"),
            SigningKey.generate(KeyType.EC_P256).publicKey(),
            Validity.years(at, 2),
            new Kind.EndEntity(
                List.of(KeyPurposeId.getInstance(Role.ENROLMENT.usage())), Optional.empty()));
    var issuer = Issuer.of(root, rootKey);
    var certificate = issuer.issue(plan);
    Bytes message = Bytes.zeros(700);
    Bytes signature = rootKey.sign(message);
    Bytes csr = Bytes.utf8(request(1));
    measure("read a request", () -> CertificationRequest.parse(csr));
    measure("verify a signature", () -> SignatureScheme.verify(root, message, signature));
    measure("sign", () -> rootKey.sign(message));
    measure("lint", () -> CertificateLint.findings(certificate, root));
    measure("issue (sign and lint)", () -> issuer.issue(plan));
    measure("PEM", () -> Certificates.pem(List.of(certificate)));
  }

  /** A step of the work. */
  private interface Work {
    Object run() throws Exception;
  }

  private static void measure(String name, Work work) throws Exception {
    for (int i = 0; i < 3000; i++) {
      work.run();
    }
    int rounds = 2000;
    long started = System.nanoTime();
    for (int i = 0; i < rounds; i++) {
      work.run();
    }
    System.out.printf(
        "warm, one core: %-22s %8.1f us%n", name, (System.nanoTime() - started) / 1e3 / rounds);
  }

  private static void remove(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException failure)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
