import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, CurrentOrganization, Idempotent, RequireScope, type Caller } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { idOfCursor, pageById, pageOf, PageQuery } from '../http/pages';
import { CreateProjectHandler } from './create-project.handler';
import { ProjectFinder } from './find-projects';
import { createProject, project, updateProject } from './project.schema';
import { UpdateProjectHandler } from './update-project.handler';

export class CreateProjectBody extends createZodDto(createProject) {}
export class UpdateProjectBody extends createZodDto(updateProject) {}
export class Project extends createZodDto(project) {}
export class ProjectPage extends createZodDto(pageOf(project)) {}

@ApiTags('Projects')
@Controller('api/v1/projects')
export class ProjectsController {
  constructor(
    private readonly creator: CreateProjectHandler,
    private readonly updater: UpdateProjectHandler,
    private readonly finder: ProjectFinder,
  ) {}

  @Post()
  @RequireScope('admin')
  @Idempotent()
  @ApiOperation({ summary: 'Create a project' })
  @ZodResponse({ status: 201, type: Project })
  create(@CurrentCaller() caller: Caller, @CurrentOrganization() organizationId: string, @Body() body: CreateProjectBody) {
    return this.creator.run(caller, organizationId, body);
  }

  @Get()
  @RequireScope('inference', 'usage:write', 'billing:read', 'billing:write', 'admin')
  @ApiOperation({ summary: 'List projects' })
  @ZodResponse({ status: 200, type: ProjectPage })
  async list(@CurrentOrganization() organizationId: string, @Query() query: PageQuery) {
    return pageById(await this.finder.some(organizationId, idOfCursor(query.cursor), query.limit + 1), query.limit);
  }

  @Get(':slug')
  @RequireScope('inference', 'usage:write', 'billing:read', 'billing:write', 'admin')
  @ApiOperation({ summary: 'Show a project' })
  @ZodResponse({ status: 200, type: Project })
  show(@CurrentOrganization() organizationId: string, @Param('slug') slug: string) {
    return this.finder.one(organizationId, slug);
  }

  @Patch(':slug')
  @RequireScope('admin')
  @ApiOperation({ summary: 'Rename, archive or reactivate a project', description: 'The slug stays, since charges and budgets name it.' })
  @ZodResponse({ status: 200, type: Project })
  change(
    @CurrentCaller() caller: Caller,
    @CurrentOrganization() organizationId: string,
    @Param('slug') slug: string,
    @Body() body: UpdateProjectBody,
  ) {
    return this.updater.run(caller, organizationId, slug, body);
  }
}
