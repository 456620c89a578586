// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;

/** One step of a script, and where in its text it stands (both from 1). */
@JsonDeserialize(using = Step.Reader.class)
public record Step(int line, int column, Action action) {
  /** Notes the place before it reads the step. */
  static final class Reader extends StdDeserializer<Step> {
    private static final long serialVersionUID = 1L;

    Reader() {
      super(Step.class);
    }

    @Override
    public Step deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      var place = parser.currentTokenLocation();
      var fields = context.readValue(parser, StepFields.class);
      return new Step(
          Math.max(1, place.getLineNr()), Math.max(1, place.getColumnNr()), fields.action());
    }
  }
}
