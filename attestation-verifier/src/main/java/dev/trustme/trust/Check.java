// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

/**
 * One named check of a verifier with its outcome. {@code expected}, {@code seen}, {@code where} and
 * {@code advice} are words for people; empty where there is nothing to say.
 */
public record Check(
    String id, Result result, String expected, String seen, String where, String advice) {
  /**
   * What came of it. NOT_APPLICABLE only for what the policy does not require; WARN for what it
   * allows although it should not be so: nothing fails, and every report shows it.
   */
  public enum Result {
    PASS,
    WARN,
    FAIL,
    NOT_APPLICABLE
  }

  public static Check pass(String id, String seen) {
    return new Check(id, Result.PASS, "", seen, "", "");
  }

  public static Check fail(String id, String expected, String seen) {
    return new Check(id, Result.FAIL, expected, seen, "", "");
  }

  /** Allowed, but people should know: what should be, and what is. */
  public static Check warn(String id, String expected, String seen) {
    return new Check(id, Result.WARN, expected, seen, "", "");
  }

  public static Check notApplicable(String id, String why) {
    return new Check(id, Result.NOT_APPLICABLE, "", why, "", "");
  }

  public Check at(String place) {
    return new Check(id, result, expected, seen, place, advice);
  }

  public Check advise(String whatToDo) {
    return new Check(id, result, expected, seen, where, whatToDo);
  }

  public boolean failed() {
    return result == Result.FAIL;
  }

  public boolean warns() {
    return result == Result.WARN;
  }
}
