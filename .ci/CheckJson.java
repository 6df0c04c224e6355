import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.Strictness;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;

/** Fails where a file is not exactly one JSON value. Needs Gson on the class path. */
class CheckJson {
    void main(String[] files) throws Exception {
        try (Reader reader = Files.newBufferedReader(Path.of(files[0]))) {
            JsonElement value = new GsonBuilder().setStrictness(Strictness.STRICT).create()
                    .fromJson(reader, JsonElement.class);
            IO.println(files[0] + ": JSON, " + value.toString().length() + " characters");
        }
    }
}
