"""Takes every row that was not in the template out of a PostgreSQL database.

Copying a template makes the server write and delete hundreds of files; most tests leave a hundred
rows. What else they may have left, a changed table or somebody still connected, is looked for.
"""

import time
from typing import Any

import psycopg
from psycopg import sql


class Broom:
    SHAPE = """SELECT md5(concat(
        (SELECT string_agg(concat(c.oid, c.relname, c.relkind, c.reloptions), ',' ORDER BY c.oid)
            FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace),
        (SELECT string_agg(concat(a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod,
                a.attnotnull, a.atthasdef, a.attisdropped), ',' ORDER BY a.attrelid, a.attnum)
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'public'::regnamespace),
        (SELECT string_agg(concat(t.oid, t.tgenabled), ',' ORDER BY t.oid)
            FROM pg_trigger t WHERE NOT t.tgisinternal),
        (SELECT string_agg(concat(k.oid, k.convalidated), ',' ORDER BY k.oid)
            FROM pg_constraint k WHERE k.connamespace = 'public'::regnamespace),
        (SELECT string_agg(concat(p.oid, md5(p.prosrc)), ',' ORDER BY p.oid)
            FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace),
        (SELECT string_agg(concat(e.oid, n.oid), ',') FROM pg_extension e
            FULL JOIN pg_namespace n ON false WHERE n.nspname NOT LIKE 'pg\\_%'),
        (SELECT string_agg(concat(s.setrole, s.setconfig), ',') FROM pg_db_role_setting s
            JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database())))"""
    """Whatever a test may have changed that is no row: then only a new copy is as before."""

    OTHERS = """SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()"""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        # Rows never go, say the triggers of the product; here they may.
        connection.execute("SET session_replication_role = replica")
        self.shape = self._one(self.SHAPE)
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        ).fetchall()
        contents = {name: self._contents(name) for (name,) in tables}
        self.kept = {name: content for name, content in contents.items() if content}
        self.swept_tables = [name for name in contents if name not in self.kept]

    @classmethod
    def of(cls, server: str) -> "Broom | None":
        """None when the server does not let us: it needs a superuser."""
        connection = psycopg.connect(server, autocommit=True)
        try:
            return cls(connection)
        except psycopg.errors.InsufficientPrivilege:
            connection.close()
            return None

    def swept(self) -> bool:
        """Whether everything is as in a new copy."""
        try:
            if not self._alone() or self._one(self.SHAPE) != self.shape:
                return False
            if {name: self._contents(name) for name in self.kept} != self.kept:
                return False
            self._sweep()
        except psycopg.OperationalError:
            return False
        return True

    def _alone(self) -> bool:
        """Whoever was killed or has just left is soon gone; who stays could still write."""
        end = time.monotonic() + 1
        while self._one(self.OTHERS):
            if time.monotonic() > end:
                return False
            time.sleep(0.002)
        return True

    def _sweep(self) -> None:
        some = sql.SQL(" UNION ALL ").join(
            sql.SQL("(SELECT {} FROM {} LIMIT 1)").format(sql.Literal(name), sql.Identifier(name))
            for name in self.swept_tables
        )
        with self.connection.transaction():
            for (name,) in self.connection.execute(some).fetchall():
                self.connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))

    def _contents(self, table: str) -> Any:
        query = sql.SQL("SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {} t")
        return self._one(query.format(sql.Identifier(table)))

    def _one(self, query: Any) -> Any:
        row = self.connection.execute(query).fetchone()
        return row[0] if row else None
