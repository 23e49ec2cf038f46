/* What the shop hands to lib/web: see site.h. */
#include "lib/site/site.h"

#include "lib/shop/setting.h"

static const char *database(const struct settings *settings)
{
    return settings->database;
}

int site_main(const struct web_program *program)
{
    static const struct web_app shop = {.database = database,
                                        .wakes = "reaper",
                                        .signing_key = setting_signing_key};
    return web_main(&shop, program);
}
