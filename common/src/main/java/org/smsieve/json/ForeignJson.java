package org.smsieve.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * Jackson for JSON from outside. It keeps no table of members' names: made for the same names again and again, that
 * would grow, by megabytes, with every name that somebody makes up.
 */
public final class ForeignJson {
    private ForeignJson() {}

    /** A factory's builder, to be configured further. */
    public static JsonFactoryBuilder factory() {
        return new JsonFactoryBuilder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES);
    }

    /** A mapper's builder, likewise. */
    public static JsonMapper.Builder mapper() {
        return JsonMapper.builder(factory().build());
    }
}
