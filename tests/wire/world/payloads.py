"""Discord's JSON for what the world remembers, keys as in the API reference. Routes answer with it, events carry it."""

from datetime import datetime
from typing import Any

from tests.wire.world.components import Json
from tests.wire.world.permissions import effective
from tests.wire.world.state import (
    DM_CHANNEL,
    Attachment,
    Channel,
    Interaction,
    Member,
    Message,
    Overwrite,
    Role,
    User,
)
from tests.wire.world.world import World


def user(it: User) -> Json:
    """A user object."""
    return {
        "id": str(it.id), "username": it.name, "global_name": None if it.bot else it.name, "discriminator": "0",
        "avatar": None, "bot": it.bot, "public_flags": 0, "flags": 0, "primary_guild": None,
    }  # fmt: skip


def me(world: World) -> Json:
    """The bot about itself."""
    return user(world.user(world.bot_id)) | {"mfa_enabled": True, "verified": True, "locale": "en-US", "email": None}


def application(world: World) -> Json:
    """`GET /oauth2/applications/@me`; its `flags` tell which privileged intents the owner has switched on."""
    return {
        "id": str(world.bot_id), "name": "NovaCore", "icon": None, "description": "", "type": None,
        "bot_public": world.bot_is_public, "bot_require_code_grant": False, "verify_key": "0" * 64,
        "flags": world.intents.value,
        "owner": user(world.user(world.owner_id)), "team": None, "redirect_uris": [], "summary": "",
        "interactions_endpoint_url": None, "role_connections_verification_url": None,
        "approximate_guild_count": 1, "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0, "eligible_oauth2_scopes": [], "flags_new": str(world.intents.value),
        "bot": user(world.user(world.bot_id)),
    }  # fmt: skip


def role(it: Role) -> Json:
    """A role object."""
    return {
        "id": str(it.id), "name": it.name, "permissions": str(it.permissions), "position": it.position,
        "color": it.color, "colors": {"primary_color": it.color, "secondary_color": None, "tertiary_color": None},
        "hoist": False, "managed": it.managed, "mentionable": it.mentionable, "icon": None, "unicode_emoji": None,
        "flags": 0,
    }  # fmt: skip


def member(world: World, it: Member) -> Json:
    """A guild member with its user."""
    return {
        "user": user(world.user(it.user_id)), "nick": None, "avatar": None, "banner": None,
        "roles": [str(each) for each in it.roles], "joined_at": it.joined_at.isoformat(), "deaf": False, "mute": False,
        "flags": 0, "pending": False, "premium_since": None, "communication_disabled_until": None,
    }  # fmt: skip


def guild(world: World) -> Json:
    """The server, without channels and members (those come by their own routes, or with GUILD_CREATE)."""
    return {
        "id": str(world.guild_id), "name": world.guild_name, "owner_id": str(world.owner_id), "icon": None,
        "splash": None,
        "discovery_splash": None, "description": None, "banner": None, "features": [], "region": "deprecated",
        "afk_channel_id": None, "afk_timeout": 300, "system_channel_id": None, "system_channel_flags": 0,
        "widget_enabled": False, "widget_channel_id": None, "verification_level": 0, "mfa_level": 0,
        "default_message_notifications": 1, "explicit_content_filter": 0, "max_presences": None,
        "max_members": 500000, "max_video_channel_users": 25, "vanity_url_code": None, "premium_tier": 0,
        "premium_subscription_count": 0, "preferred_locale": "en-US", "rules_channel_id": None,
        "public_updates_channel_id": None, "safety_alerts_channel_id": None, "premium_progress_bar_enabled": False,
        "home_header": None, "max_stage_video_channel_users": 50, "nsfw": False, "nsfw_level": 0,
        "emojis": [], "stickers": [], "application_id": None, "incidents_data": None,
        "roles": [role(each) for each in world.roles.values()], "approximate_member_count": len(world.members),
        "approximate_presence_count": 1,
    }  # fmt: skip


def channel(world: World, it: Channel) -> Json:
    """A channel object: of the server, or a DM channel with its recipient."""
    last = next(reversed(it.messages), None)
    common = {"id": str(it.id), "type": it.type, "flags": 0, "last_message_id": last and str(last)}
    if it.type == DM_CHANNEL and it.recipient is not None:
        return common | {"recipients": [user(world.user(it.recipient))]}
    return common | {
        "guild_id": str(it.guild_id), "name": it.name, "position": it.position, "topic": it.topic, "nsfw": False,
        "parent_id": it.parent_id and str(it.parent_id), "rate_limit_per_user": it.slowmode,
        "permission_overwrites": [overwrite(each) for each in it.overwrites.values()],
    }  # fmt: skip


def overwrite(it: Overwrite) -> Json:
    """A permission overwrite; the bits travel as text."""
    return {"id": str(it.id), "type": it.type, "allow": str(it.allow), "deny": str(it.deny)}


def attachment_url(world: World, it: Attachment) -> str:
    """Where the file can be fetched: signed, and dead once the test lets the signatures run out."""
    signed = f"ex=7fffffff&is=0&hm={world.url_generation:x}"
    return f"{world.origin}/attachments/{it.channel_id}/{it.id}/{it.filename}?{signed}"


def attachment(world: World, it: Attachment) -> Json:
    """An attachment object with a fresh address."""
    url = attachment_url(world, it)
    found = {
        "id": str(it.id), "filename": it.filename, "size": len(it.content), "url": url, "proxy_url": url,
        "content_type": it.content_type, "flags": 0,
    }  # fmt: skip
    if it.description is not None:
        found["description"] = it.description
    return found | ({"ephemeral": True} if it.ephemeral else {})


def message(world: World, it: Message) -> Json:
    """A message as history returns it: in full, but never with its nonce."""
    return {
        "id": str(it.id), "channel_id": str(it.channel_id), "author": user(world.user(it.author_id)), "type": it.type,
        "content": it.content, "embeds": it.embeds, "components": it.components, "flags": it.flags,
        "attachments": [attachment(world, each) for each in it.attachments if not each.in_embed],
        "timestamp": it.created_at.isoformat(), "edited_timestamp": _time(it.edited_at), "tts": False,
        "pinned": False, "mention_everyone": False, **_mentions(world, it), **_origin(world, it), **it.more,
    }  # fmt: skip


def message_for_bot(world: World, it: Message) -> Json:
    """The same through the bot's eyes: blank where only the message-content intent would show it."""
    whole = message(world, it)
    intents = world.intents
    allowed = intents.gateway_message_content or intents.gateway_message_content_limited
    in_dm = world.channel(it.channel_id).type == DM_CHANNEL
    if allowed or in_dm or it.author_id == world.bot_id or str(world.bot_id) in [m["id"] for m in whole["mentions"]]:
        return whole
    return whole | _BLANK


def message_event(world: World, it: Message) -> Json:
    """MESSAGE_CREATE and MESSAGE_UPDATE: in a server they tell where it is, and who its author is there."""
    guild_id = world.channel(it.channel_id).guild_id
    if guild_id is None:
        return message(world, it)
    found = message(world, it) | {"guild_id": str(guild_id)}
    if it.author_id in world.members:
        found["member"] = {k: v for k, v in member(world, world.members[it.author_id]).items() if k != "user"}
    return found


def blanked(world: World, event: Json) -> Json:
    """A message event of a server for a session without the message-content intent."""
    mine = str(world.bot_id)
    if event["author"]["id"] == mine or mine in [each["id"] for each in event["mentions"]]:
        return event
    return event | _BLANK


def ready(world: World, session_id: str, url: str) -> Json:
    """READY: who the bot is; its server comes after it. `url` is where a lost line is resumed."""
    return {
        "v": 10, "user": me(world), "guilds": [{"id": str(world.guild_id), "unavailable": True}],
        "session_id": session_id, "resume_gateway_url": url, "session_type": "normal", "private_channels": [],
        "application": {"id": str(world.bot_id), "flags": world.intents.value}, "shard": [0, 1],
    }  # fmt: skip


def guild_create(world: World) -> Json:
    """GUILD_CREATE: the server with its channels. Of its members only the bot, as without the presence intent."""
    channels = [channel(world, each) for each in world.channels.values() if each.guild_id]
    return guild(world) | {
        "joined_at": world.members[world.bot_id].joined_at.isoformat(), "large": False, "unavailable": False,
        "member_count": len(world.members), "members": [member(world, world.members[world.bot_id])],
        "channels": channels, "threads": [], "voice_states": [], "presences": [], "stage_instances": [],
        "guild_scheduled_events": [], "soundboard_sounds": [],
    }  # fmt: skip


_BLANK: Json = {"content": "", "embeds": [], "attachments": [], "components": []}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _mentions(world: World, it: Message) -> Json:
    return {
        "mentions": [user(world.users[each]) for each in it.pinged_users if each in world.users],
        "mention_roles": [str(each) for each in it.pinged_roles if each in world.roles],
    }


def _origin(world: World, it: Message) -> Json:
    found: Json = {}
    if it.reference is not None:
        found["message_reference"] = it.reference
    if it.interaction_id is not None:
        found |= {"webhook_id": str(world.bot_id), "application_id": str(world.bot_id)}
    return found


def interaction(world: World, it: Interaction) -> Json:
    """INTERACTION_CREATE: what a press, command or form looks like to the bot."""
    place = world.channel(it.channel_id)
    found: Json = {
        "id": str(it.id), "application_id": str(world.bot_id), "type": it.type, "token": it.token, "version": 1,
        "data": it.data, "channel_id": str(it.channel_id), "channel": channel(world, place), "locale": "en-US",
        "app_permissions": str(effective(world, world.bot_id, place)), "entitlements": [],
        "authorizing_integration_owners": {"0": str(world.guild_id)}, "attachment_size_limit": world.file_limit,
        "context": 1 if place.type == DM_CHANNEL else 0,
    }  # fmt: skip
    if it.message_id is not None:
        found["message"] = message(world, world.shown_message(place.id, it.message_id))
    if place.type == DM_CHANNEL:
        return found | {"user": user(world.user(it.user_id))}
    person = member(world, world.member(it.user_id)) | {"permissions": str(effective(world, it.user_id, place))}
    return found | {"guild_id": str(world.guild_id), "guild_locale": "en-US", "member": person}


def interaction_answer(it: Interaction, answer: int, shown: Any) -> Json:
    """What a callback with `with_response` returns; `shown` is the JSON of the message, if it made or changed one."""
    about: Json = {"id": str(it.id), "type": it.type}
    if it.original_id is not None:
        about |= {
            "response_message_id": str(it.original_id),
            "response_message_loading": it.loading,
            "response_message_ephemeral": it.ephemeral,
        }
    if shown is None:
        return {"interaction": about}
    return {"interaction": about, "resource": {"type": answer, "message": shown}}
