// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Certificates from many requests, over all cores, a slice of them at a time so that the memory
 * does not grow with their number. What comes out does not depend on the number of cores.
 */
public final class CsrBatch {
  private static final int SLICE = 256;
  private static final long MAX_BYTES = 64 * 1024;

  private final RequestIssuer issuer;
  private final Destination destination;

  public CsrBatch(RequestIssuer issuer, Destination destination) {
    this.issuer = issuer;
    this.destination = destination;
  }

  /** Where a certificate goes as soon as it is made; called by several threads, in any order. */
  @FunctionalInterface
  public interface Destination {
    void write(Path request, X509CertificateHolder certificate) throws IOException;
  }

  /** What came of one request. */
  public sealed interface Result {
    Path file();

    record Issued(Path file, X509CertificateHolder certificate, List<String> dropped)
        implements Result {}

    record Refused(Path file, List<Check> failures) implements Result {}

    /** No request, or one that could not be read. */
    record Malformed(Path file, String problem) implements Result {}
  }

  /** Handles the files in their order; the consumer gets each result in the same order. */
  public void run(List<Path> files, Consumer<Result> results)
      throws IOException, GeneralSecurityException {
    for (int from = 0; from < files.size(); from += SLICE) {
      slice(files.subList(from, Math.min(files.size(), from + SLICE))).forEach(results);
    }
  }

  /**
   * The certificate of one request.
   *
   * @throws GeneralSecurityException where it is refused; names every reason
   */
  public static X509CertificateHolder one(RequestIssuer issuer, CertificationRequest request)
      throws GeneralSecurityException {
    var verdict = issuer.verify(request);
    if (!(verdict instanceof Verdict.Accepted<ApprovedRequest> accepted)) {
      throw refusal(verdict.failures());
    }
    var taken = issuer.claim(accepted.value());
    if (!taken.isEmpty()) {
      throw refusal(taken);
    }
    return issuer.issue(accepted.value());
  }

  private static GeneralSecurityException refusal(List<Check> failures) {
    return new GeneralSecurityException(
        failures.stream()
            .map(c -> "%s: expected %s, found %s".formatted(c.id(), c.expected(), c.seen()))
            .collect(Collectors.joining("; ")));
  }

  private List<Result> slice(List<Path> files) throws IOException, GeneralSecurityException {
    var verdicts = files.parallelStream().map(this::verify).toList();
    List<Step> steps = new ArrayList<>();
    for (Step step : verdicts) {
      steps.add(step instanceof Approved approved ? claim(approved) : step);
    }
    var issued = steps.parallelStream().map(this::issue).toList();
    List<Result> results = new ArrayList<>();
    for (Step step : issued) {
      results.add(
          switch (step) {
            case Done done -> done.result();
            case Failed failed -> throw failed.problem();
            case Unusable unusable -> throw unusable.problem();
            case Approved approved -> throw new IllegalStateException("not issued");
          });
    }
    return results;
  }

  private sealed interface Step {}

  private record Approved(Path file, ApprovedRequest request) implements Step {}

  private record Done(Result result) implements Step {}

  private record Failed(GeneralSecurityException problem) implements Step {}

  /** A file that cannot be read, or a certificate that cannot be written. */
  private record Unusable(IOException problem) implements Step {}

  private Step verify(Path file) {
    try {
      return switch (issuer.verify(CertificationRequest.parse(Inputs.read(file, MAX_BYTES)))) {
        case Verdict.Accepted<ApprovedRequest> accepted -> new Approved(file, accepted.value());
        case Verdict.Rejected<ApprovedRequest> rejected ->
            new Done(new Result.Refused(file, rejected.failures()));
      };
    } catch (FormatException e) {
      return new Done(new Result.Malformed(file, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      return new Unusable(e);
    }
  }

  /** One after the other, so that of two requests with one key it is the second that is refused. */
  private Step claim(Approved approved) {
    var failures = issuer.claim(approved.request());
    return failures.isEmpty() ? approved : new Done(new Result.Refused(approved.file(), failures));
  }

  private Step issue(Step step) {
    if (!(step instanceof Approved approved)) {
      return step;
    }
    try {
      var certificate = issuer.issue(approved.request());
      destination.write(approved.file(), certificate);
      return new Done(
          new Result.Issued(approved.file(), certificate, approved.request().dropped()));
    } catch (GeneralSecurityException e) {
      return new Failed(e);
    } catch (IOException e) {
      return new Unusable(e);
    }
  }
}
